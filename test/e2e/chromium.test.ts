import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { freePort } from '../oracle/loopback.js'
import { echoBackend } from './backends.js'
import { capturedFrames } from './captured-frames.js'
import { apacheSite, command, configFile, Switchyard, temporaryFolder } from './switchyard.js'
import { trustingPage } from './trusting-page.js'

/** Sends over a WebSocket to where it came from, and puts what it hears into its title. */
const page = `<!doctype html><meta charset="utf-8"><title>waiting</title><script>
  const socket = new WebSocket(location.origin.replace('http', 'ws') + '/ws/page', 'chat')
  socket.binaryType = 'arraybuffer'
  const heard = []
  socket.onopen = () => {
    socket.send('héllo')
    socket.send(new Uint8Array([0, 1, 254, 255]))
    socket.send('x'.repeat(70000))
  }
  socket.onmessage = ({ data }) => {
    heard.push(typeof data === 'string' ? data.length : [...new Uint8Array(data)].join())
    if (heard.length === 3) socket.close(4000, 'done')
  }
  socket.onclose = ({ code }) => (document.title = JSON.stringify({ heard, protocol: socket.protocol, code }))
  socket.onerror = () => (document.title = 'failed')
</script>`

describe('Chromium, with no certificate flag', () => {
  it('loads a page over https, talks over wss, and the capture has its frames byte for byte', async () => {
    const ports = { plain: await freePort(), tls: await freePort() }
    const backend = await echoBackend({ page })
    const lines = `    ProxyPass /ws/ ws://127.0.0.1:${backend}/ws/\n    ProxyPass / http://127.0.0.1:${backend}/`
    const capture = join(temporaryFolder(), 'browser.capture')
    const switchyard = await Switchyard.serve(configFile(apacheSite(ports, lines)), '--no-ui', '--capture', capture)
    const authority = (await command('ca', 'path', '--data', switchyard.data)).trim()

    const tab = await trustingPage(authority)
    await tab.goto(`https://localhost:${ports.tls}/`)
    await tab.waitForFunction("document.title !== 'waiting'")
    expect(JSON.parse(await tab.title())).toEqual({ heard: [5, '0,1,254,255', 70_000], protocol: 'chat', code: 4000 })

    expect(await switchyard.stop()).toEqual({ code: 0, signal: null })
    const close = Buffer.concat([Buffer.from([4000 >> 8, 4000 & 255]), Buffer.from('done')])
    const messages = [Buffer.from('héllo'), Buffer.from([0, 1, 254, 255]), Buffer.alloc(70_000, 'x')]
    const frames = await capturedFrames(capture)
    const payloads = (from: string) => frames.filter((frame) => frame.from === from).map((frame) => frame.payload)
    const whole = Buffer.concat([...messages, close])
    expect(Buffer.concat(payloads('client')).equals(whole)).toBe(true)
    // The backend's `ws` answers a Close frame with the same code and reason.
    expect(Buffer.concat(payloads('server')).equals(whole)).toBe(true)
    expect(frames.filter((frame) => frame.from === 'client').map((frame) => frame.opcode)).toEqual([1, 2, 1, 8])
  })
})
