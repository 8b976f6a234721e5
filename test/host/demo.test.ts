import { once } from 'node:events'
import { expect, it, onTestFinished } from 'vitest'
import { WebSocket } from 'ws'
import { Demo } from '../../main/host/demo.js'

it.each(['echo', 'chat'])('the %s of the demo closes with 1009 on a message beyond a megabyte', async (name) => {
  const demo = new Demo()
  onTestFinished(() => demo.close())
  const { text } = await demo.start([])
  const { routes } = JSON.parse(text) as { routes: [{ to: string }] }
  const socket = new WebSocket(`${routes[0].to.replace('http', 'ws')}${name}`)
  await once(socket, 'open')
  socket.send(Buffer.alloc(1024 * 1024 + 1))
  expect((await once(socket, 'close'))[0]).toBe(1009)
})
