import { once } from 'node:events'
import { onTestFinished } from 'vitest'
import { WebSocket } from 'ws'
import { freePort } from '../../oracle/loopback.js'
import { echoBackend } from '../backends.js'
import { configFile, Switchyard } from '../switchyard.js'

export interface FilledSite {
  readonly served: Switchyard
  readonly file: string
  /** Of its listener: `http://localhost:8080`. */
  readonly url: string
}

/** A site from a file, one line of which is not modelled; a page of it was read, and a tunnel to it is open, with frames. */
export async function filledSite(): Promise<FilledSite> {
  const [port, backend] = [await freePort(), await echoBackend({ page: '<!doctype html><title>A page</title>', compressed: true })]
  const file = configFile(`Listen ${port}
ServerName localhost
RewriteEngine On
RewriteRule ^/old/(.*) /new/$1 [PT]
Header set X-Served here
ProxyPass /ws/ ws://127.0.0.1:${backend}/ws/
ProxyPass / http://127.0.0.1:${backend}/
`)
  const served = await Switchyard.serve('--lenient', file)
  const url = `http://localhost:${port}`
  await (await fetch(`${url}/page`)).text()
  const socket = new WebSocket(`${url.replace('http', 'ws')}/ws/chat`)
  onTestFinished(() => socket.terminate())
  await once(socket, 'open')
  for (const text of ['{"event":"said","data":{"text":"hello","seen":[1,2,3],"to":null}}', 'plain words', 'x'.repeat(400)]) {
    socket.send(text)
    await once(socket, 'message')
  }
  return { served, file, url }
}
