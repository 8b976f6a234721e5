import { connect } from 'node:net'

/** What was read of the first exchange, and whether a second one was answered behind it. */
export interface Seen {
  readonly status: number | null
  readonly body: string
  readonly goesOn: boolean
}

export interface Asking {
  readonly request?: string | undefined
  readonly host?: string
  /** Whether the client ends its side behind `request`. Default: true. */
  readonly ends?: boolean
}

/**
 * Asks for `path`, and for `/fine/` behind it on the same connection, which then ends: whether that is answered tells
 * whether the first answer kept the connection. `request` instead of the first, and nothing behind it: the client ends there.
 */
export async function askPast(port: number, path: string, { request, host = 'localhost', ends = true }: Asking = {}): Promise<Seen> {
  if (request !== undefined) return seenIn(await readToEnd(port, request.replace('@PATH@', path), ends))
  const first = `GET ${path} HTTP/1.1\r\nHost: ${host}\r\n\r\n`
  const second = `GET /fine/ HTTP/1.1\r\nHost: ${host}\r\nConnection: close\r\n\r\n`
  return seenIn(await readToEnd(port, first + second, false))
}

/** All that a client reads until its connection is over, after writing a text. `ends`: it closes its side behind it. */
function readToEnd(port: number, text: string, ends: boolean): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = connect({ port, host: '127.0.0.1', allowHalfOpen: true })
    let read = ''
    socket.on('data', (bytes: Buffer) => (read += bytes.toString('latin1')))
    // A reset is an end like any other here: what was read tells the rest.
    socket.on('error', (error: NodeJS.ErrnoException) =>
      error.code === 'ECONNRESET' || error.code === 'EPIPE' ? undefined : reject(error)
    )
    socket.on('end', () => socket.end())
    socket.on('close', () => resolve(read))
    socket.write(text, 'latin1')
    if (ends) socket.end()
  })
}

/** The answer of `/fine/` is told by its body, at the very end. */
function seenIn(read: string): Seen {
  const status = /^HTTP\/1\.[01] (\d{3}) /.exec(read)?.[1]
  const goesOn = read.endsWith('\r\n\r\nfine')
  const first = goesOn ? read.slice(0, read.lastIndexOf('HTTP/1.1 200')) : read
  return { status: status === undefined ? null : Number(status), body: first.slice(first.indexOf('\r\n\r\n') + 4), goesOn }
}
