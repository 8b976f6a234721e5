import { createServer } from 'node:http'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { Duplex } from 'node:stream'
import type { Conversation, Message } from './reading.js'

/** A connection in memory: what is written to it is kept as far as its status line. */
class MemoryConnection extends Duplex {
  readonly received: Message[] = []
  /** Requests whose head was read, whole or not. */
  readonly requests: { incoming: IncomingMessage; body: string }[] = []
  written = ''
  failure: string | null = null
  override _read(): void {}
  override _write(bytes: Buffer, _encoding: string, done: () => void): void {
    this.written += bytes.toString('latin1')
    done()
  }
}

/** Many connections at a time share the turns of the event loop that Node's own reading takes. */
const batchSize = 250

/**
 * How Node's own parser reads each input, through `node:http` in memory: messages that came to their end, then an error's
 * code (`HPE_…`; `incomplete` where the input ended within a message; `noHost` where the server refused it for that).
 */
export async function readByNode(inputs: readonly Buffer[]): Promise<Conversation[]> {
  const server = createServer({ keepAlive: false })
  const take = (incoming: IncomingMessage, response: ServerResponse): void => {
    const connection = incoming.socket as unknown as MemoryConnection
    const request = { incoming, body: '' }
    connection.requests.push(request)
    incoming.setEncoding('latin1')
    incoming.on('data', (text: string) => (request.body += text))
    incoming.on('error', () => {})
    // Said outright: without it, Node would close behind a request of HTTP/1.0, and swallow its refusal of the next.
    response.setHeader('Content-Length', 0)
    incoming.on('end', () => response.end())
  }
  server.on('request', take).on('checkContinue', take).on('checkExpectation', take)
  // It is not destroyed here: requests before the error have still to reach their end.
  server.on('clientError', (error: NodeJS.ErrnoException, socket) => {
    ;(socket as unknown as MemoryConnection).failure ??= error.code ?? error.message
  })
  const read: Conversation[] = []
  for (let at = 0; at < inputs.length; at += batchSize) {
    const connections = inputs.slice(at, at + batchSize).map((input) => {
      const connection = new MemoryConnection()
      server.emit('connection', connection)
      connection.push(input)
      return connection
    })
    await turns(3)
    for (const connection of connections) connection.push(null)
    await turns(3)
    for (const connection of connections) read.push(conversationOf(connection))
    for (const connection of connections) connection.destroy()
  }
  return read
}

/** Node reads within the turn that brings the bytes, and tells a body's end in the next. */
async function turns(count: number): Promise<void> {
  for (let i = 0; i < count; i++) await new Promise((resolve) => setImmediate(resolve))
}

function conversationOf(connection: MemoryConnection): Conversation {
  const complete = connection.requests.filter(({ incoming }) => incoming.complete)
  const messages = complete.map(({ incoming, body }) => ({
    method: incoming.method ?? '',
    target: incoming.url ?? '',
    version: `HTTP/${incoming.httpVersion}`,
    fields: incoming.rawHeaders,
    body,
    trailers: incoming.rawTrailers
  }))
  const refused = answersOf(connection).indexOf('400')
  // Node reads on behind a request that it refuses: what it says there is no reading of ours.
  if (refused >= 0) return { messages: messages.slice(0, refused), stopped: 'noHost' }
  return { messages, stopped: connection.failure === 'HPE_INVALID_EOF_STATE' ? 'incomplete' : connection.failure }
}

/** Status by status, in the order of the requests. */
function answersOf({ written }: MemoryConnection): string[] {
  return [...written.matchAll(/HTTP\/1\.1 (\d{3}) /g)].map(([, status]) => status as string)
}
