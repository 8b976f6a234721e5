// The proxy that one writes in an afternoon: the ws library on both sides, Node's http for the rest. A yardstick of the bench.
import { readFileSync } from 'node:fs'
import http from 'node:http'
import https from 'node:https'
import { WebSocket, WebSocketServer } from 'ws'

const { port, tlsPort, backend, key, certificate } = JSON.parse(process.argv[2])
const agent = new http.Agent({ keepAlive: true, maxSockets: 256 })
const sockets = new WebSocketServer({ noServer: true })

sockets.on('connection', (client, request) => {
  const server = new WebSocket(`ws://127.0.0.1:${backend}${request.url}`)
  const early = []
  client.on('message', (data, binary) =>
    server.readyState === WebSocket.OPEN ? server.send(data, { binary }) : early.push([data, { binary }])
  )
  server.on('open', () => early.splice(0).forEach((message) => server.send(...message)))
  server.on('message', (data, binary) => client.send(data, { binary }))
  client.on('close', () => server.close()).on('error', () => server.terminate())
  server.on('close', () => client.close()).on('error', () => client.terminate())
})

function forward(request, response) {
  const { method, url, headers } = request
  const onward = http.request({ host: '127.0.0.1', port: backend, method, path: url, headers, agent }, (answer) => {
    response.writeHead(answer.statusCode, answer.headers)
    answer.pipe(response)
  })
  onward.on('error', () => response.destroy())
  request.pipe(onward)
}

const upgrade = (request, socket, head) =>
  sockets.handleUpgrade(request, socket, head, (client) => sockets.emit('connection', client, request))
const pair = { key: readFileSync(key), cert: readFileSync(certificate) }
http.createServer(forward).on('upgrade', upgrade).listen({ port, host: '127.0.0.1', backlog: 4096 })
https.createServer(pair, forward).on('upgrade', upgrade).listen({ port: tlsPort, host: '127.0.0.1', backlog: 4096 })
