import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { Server as SocketServer } from 'socket.io'
import { onTestFinished } from 'vitest'
import { WebSocketServer } from 'ws'

/** A WebSocket echo with a page beside it, on a port of its own; it ends with the test. `compressed` offers permessage-deflate. */
export async function echoBackend({ page = 'a page', compressed = false } = {}): Promise<number> {
  const server = createServer((request, response) => answer(request, response, page))
  const sockets = new WebSocketServer({ server, perMessageDeflate: compressed, handleProtocols: (offered) => [...offered][0] ?? false })
  sockets.on('connection', (socket) => socket.on('message', (data, binary) => socket.send(data, { binary })))
  onTestFinished(() => {
    for (const socket of sockets.clients) socket.terminate()
  })
  return await listen(server)
}

/** The page on GET; what was sent, on POST. */
function answer(request: IncomingMessage, response: ServerResponse, page: string): void {
  if (request.method === 'POST') request.pipe(response)
  else response.writeHead(200, { 'Content-Type': 'text/html' }).end(page)
}

/** A Socket.IO server that answers `question` with what it was asked. */
export async function socketIoBackend(): Promise<number> {
  const server = createServer()
  const sockets = new SocketServer(server)
  sockets.on('connection', (socket) => {
    socket.on('question', (asked: unknown, reply: (answer: unknown) => void) => reply({ asked, over: socket.conn.transport.name }))
  })
  onTestFinished(async () => await sockets.close())
  return await listen(server)
}

async function listen(server: Server): Promise<number> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  onTestFinished(() => {
    server.closeAllConnections()
    server.close()
  })
  return (server.address() as AddressInfo).port
}
