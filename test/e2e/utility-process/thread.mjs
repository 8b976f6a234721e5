import { connect, createServer } from 'node:net'
import { parentPort } from 'node:worker_threads'

const server = createServer((socket) => socket.end('over loopback'))
server.listen(0, '127.0.0.1', () => {
  const socket = connect(server.address().port, '127.0.0.1')
  let text = ''
  socket.setEncoding('utf8').on('data', (chunk) => (text += chunk))
  socket.on('end', () => parentPort.postMessage({ text, node: process.versions.node, electron: process.versions.electron }))
})
