// What stands behind the config of the pictures: an app with a page, an API, and sockets of several kinds.
import { createServer } from 'node:http'
import { WebSocketServer } from 'ws'

/** @returns its port, and a function that ends it. */
export async function startApp() {
  const server = createServer(answer)
  const sockets = new WebSocketServer({ noServer: true, maxPayload: 100_000, perMessageDeflate: { threshold: 256 } })
  server.on('upgrade', (request, socket, head) => {
    const behave = behaviours.find(([path]) => request.url.startsWith(path))?.[1]
    if (behave === undefined) return socket.end('HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\nConnection: close\r\n\r\n')
    sockets.handleUpgrade(request, socket, head, (opened) => {
      opened.on('error', () => {})
      behave(opened)
    })
  })
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve))
  const close = () => {
    for (const socket of sockets.clients) socket.terminate()
    server.closeAllConnections()
    return new Promise((resolve) => server.close(resolve))
  }
  return { port: server.address().port, close }
}

function answer(request, response) {
  request.resume()
  const [status, type, body] = pages.find(([path]) => request.url.startsWith(path))?.[1] ?? [404, 'text/plain', 'There is nothing here.\n']
  response.writeHead(status, { 'Content-Type': type, 'Set-Cookie': 'session=k3Jd82hx; Path=/; HttpOnly; Secure' })
  response.end(body)
}

const json = (value) => `${JSON.stringify(value)}\n`
const pages = [
  ['/api/me', [200, 'application/json', json({ id: 117, name: 'Mara', roles: ['editor'], since: 1712000000000 })]],
  ['/api/channels', [200, 'application/json', json(['release', 'ops', 'design'].map((name, id) => ({ id, name, unread: id * 3 })))]],
  ['/api/upload', [201, 'application/json', json({ stored: true })]],
  ['/assets/', [200, 'text/javascript', 'export const version = "7f31c0"\n'.repeat(40)]],
  ['/cable', [426, 'text/plain', 'This is a WebSocket endpoint.\n']],
  ['/healthz', [200, 'text/plain', 'ok\n']],
  ['/', [200, 'text/html; charset=utf-8', '<!doctype html><title>Chat</title><h1>Chat</h1>\n']]
]

function chat(socket) {
  socket.send('0{"sid":"Zx81","upgrades":[],"pingInterval":25000,"pingTimeout":20000,"maxPayload":1000000}')
  socket.on('message', (data) => {
    const text = data.toString()
    if (text === '40') socket.send('40{"sid":"p7Wc"}')
    else if (text === '3') socket.send('2')
    else if (/^42\d*\["history"/.test(text))
      socket.send(
        `430${json([{ ok: true, items: Array.from({ length: 120 }, (_, id) => ({ id, from: 'tom', text: `line ${id}` })) }]).trim()}`
      )
    else if (text.startsWith('42')) socket.send(`43${/^42(\d*)/.exec(text)[1]}[{"ok":true,"id":88123}]`)
  })
}

function ticker(socket) {
  let price = 131.2
  const timer = setInterval(() => {
    price += Math.sin(Date.now()) / 4
    socket.send(JSON.stringify({ symbol: 'SWY', price: Number(price.toFixed(3)), at: Date.now() }))
  }, 60)
  socket.on('close', () => clearInterval(timer))
}

function graphql(socket) {
  socket.on('message', (data) => {
    const { id, type } = JSON.parse(data.toString())
    if (type === 'connection_init') socket.send('{"type":"connection_ack"}')
    if (type === 'subscribe')
      for (let n = 1; n < 6; n++)
        socket.send(JSON.stringify({ id, type: 'next', payload: { data: { message: { id: n, text: 'shipped' } } } }))
  })
}

function collab(socket) {
  socket.on('message', (data, binary) => socket.send(data, { binary }))
}

const behaviours = [
  ['/socket.io/', chat],
  ['/graphql', graphql],
  ['/ticker', ticker],
  ['/collab/', collab]
]
