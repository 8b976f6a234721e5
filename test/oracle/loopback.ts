import { connect, createServer } from 'node:net'

/** Below the range that the system hands out by itself, and always five digits, so that no length varies with a port. */
const first = 20_000
/**
 * For the files that are tested at the same time, each ports of its own: what one was handed, and does not listen on yet, another
 * would find free as well. The first share is of programs outside the tests.
 */
const share = 4000
const lowest = first + share * Number(process.env['VITEST_POOL_ID'] ?? 0)
const highest = lowest + share - 1
let next = lowest + ((process.pid * 131) % 40) * 100

/** A port of 127.0.0.1 that nothing listens on. Each is handed out once by a process. */
export async function freePort(): Promise<number> {
  for (let tries = 0; tries < share; tries++) {
    const port = next
    next = port >= highest ? lowest : port + 1
    if (await canListen(port)) return port
  }
  throw new Error(`There is no free port on 127.0.0.1 between ${lowest} and ${highest}.`)
}

function canListen(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer()
    server.once('error', () => resolve(false))
    server.listen({ host: '127.0.0.1', port, exclusive: true }, () => server.close(() => resolve(true)))
  })
}

export function canConnect(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ host: '127.0.0.1', port })
    const answer = (is: boolean) => {
      socket.destroy()
      resolve(is)
    }
    socket.once('connect', () => answer(true)).once('error', () => answer(false))
  })
}

export const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms))
