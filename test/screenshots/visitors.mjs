// Who uses the app of the pictures, through the proxy: real WebSockets and requests, over TLS with verification on.
import { request } from 'node:https'
import { WebSocket } from 'ws'

/** @param at { port, ca }: where the proxy listens, and whom to trust. @returns the sockets that stay open. */
export async function visit({ port, ca }) {
  const here = {
    ca,
    lookup: (_name, options, done) => (options.all ? done(null, [{ address: '127.0.0.1', family: 4 }]) : done(null, '127.0.0.1', 4))
  }
  const get = (path, options = {}) =>
    new Promise((resolve) => {
      const asked = request({ ...here, host: 'app.example.com', port, path, agent: false, ...options }, (response) =>
        response.resume().on('end', resolve)
      )
      asked.on('error', resolve)
      asked.end(options.body)
    })
  const open = (path, protocols = [], options = {}) =>
    new Promise((resolve) => {
      const socket = new WebSocket(`wss://app.example.com:${port}${path}`, protocols, {
        ...here,
        headers: { Cookie: 'session=k3Jd82hx' },
        ...options
      })
      socket.on('open', () => resolve(socket))
      socket.on('error', () => resolve(null))
    })
  const over = (socket) => new Promise((resolve) => (socket.readyState === socket.CLOSED ? resolve() : socket.on('close', resolve)))

  for (const path of ['/', '/assets/app-7f31c0.js', '/api/me', '/api/channels?limit=50', '/healthz', '/missing']) await get(path)
  await get('/api/upload/avatar', { method: 'POST', body: 'x'.repeat(4000), headers: { 'Content-Type': 'application/octet-stream' } })
  await open('/cable')
  await open('/notify/42')
  const chat = await open('/socket.io/?EIO=4&transport=websocket')
  for (const line of ['40', '420["history",{"channel":"release","limit":120}]', '42["typing",{"channel":"release"}]', '3'])
    await said(chat, line)
  await said(
    chat,
    `421["message",{"channel":"release","text":"uploading the flame graph","thread":{"root":null,"replies":0},"mentions":["mara","tom"],"sentAt":${Date.now()},"client":"web/7f31c0"}]`
  )
  const query = await open('/graphql', ['graphql-transport-ws'])
  query.send('{"type":"connection_init"}')
  await said(query, '{"id":"1","type":"subscribe","payload":{"query":"subscription { message { id text } }"}}')
  query.close(1000, 'done')
  const tooBig = await open('/socket.io/?EIO=4&transport=websocket')
  tooBig.send(Buffer.alloc(148_231, 0x5a))
  const collab = await open('/collab/doc-9b1e')
  for (let n = 0; n < 40; n++) await said(collab, Buffer.from([1, n, 0xca, 0xfe, (n * 7) & 0xff]))
  collab.terminate()
  const ticker = await open('/ticker')
  await Promise.all([over(query), over(tooBig), over(collab)])
  await messages(ticker, 40)
  stays(chat)
  return [chat, ticker]
}

/** Socket.IO's heartbeat: it is not cut by ProxyTimeout while pictures are taken. */
function stays(socket) {
  const timer = setInterval(() => socket.send('3'), 25_000)
  socket.on('close', () => clearInterval(timer))
}

/** Says something, and waits until something comes back, or nothing does for a while. */
function said(socket, data) {
  return new Promise((resolve) => {
    const done = () => {
      clearTimeout(timer)
      socket.off('message', done).off('close', done)
      resolve()
    }
    const timer = setTimeout(done, 300)
    socket.on('message', done).on('close', done)
    socket.send(data)
  })
}

function messages(socket, count) {
  let seen = 0
  return new Promise((resolve) => socket.on('message', () => ++seen === count && resolve()))
}
