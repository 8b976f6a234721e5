import { decode, encode } from '@msgpack/msgpack'
import { isPortMessage } from '../../shared/app-bridge.js'
import type { ClosedMessage, RequestMessage, ServerMessage } from '../../shared/contract.js'
import { appBridge } from './app-bridge.js'

/** One way to the host while it is up. Messages are plain data; how they travel is the line's matter. */
export interface Line {
  send(message: RequestMessage): void
  close(): void
}
export interface LineHandlers {
  /** Requests may be sent now. */
  opened(): void
  message(message: ServerMessage): void
  /** Told once. Codes are those of the host (main/host/control/transport.ts), or a WebSocket's own. */
  closed(code: number, why: string): void
}
/** Opens a line; answers at once, and says by `opened` when it stands. */
export type Dial = (handlers: LineHandlers) => Line

/** Close codes that mean something to a screen. */
export const closeCodes = { wrongToken: 4401, tooSlow: 4408, otherVersion: 4426 } as const

/** A browser's line: MessagePack over a WebSocket, the token of the run as its first message. */
export function dialWebSocket(url: string, token: string): Dial {
  return (handlers) => {
    const socket = new WebSocket(url)
    socket.binaryType = 'arraybuffer'
    socket.onopen = () => {
      socket.send(encode({ token }))
      handlers.opened()
    }
    socket.onmessage = ({ data }) => handlers.message(decode(data as ArrayBuffer) as ServerMessage)
    socket.onclose = ({ code, reason }) => handlers.closed(code, reason)
    return {
      send: (message) => socket.send(encode(message, { ignoreUndefined: true })),
      close: () => socket.close()
    }
  }
}

/**
 * The app's line: a MessagePort that the preload posts to this window, and another each time when the engine is started anew.
 * A dial waits for the next one.
 */
export function dialPorts(target: EventTarget, nonce: string): Dial {
  let waiting: ((port: MessagePort) => void) | null = null
  let unused: MessagePort | null = null
  target.addEventListener('message', (event) => {
    const { data, ports, source } = event as MessageEvent<unknown>
    const port = ports[0]
    if (port === undefined || !isPortMessage(data, nonce) || (source !== null && source !== target)) return
    if (waiting === null) unused = port
    else waiting(port)
  })
  return (handlers) => {
    let current: MessagePort | null = null
    let over = false
    const end = (code: number, why: string): void => {
      if (over) return
      over = true
      waiting = null
      current?.close()
      handlers.closed(code, why)
    }
    const use = (port: MessagePort): void => {
      if (current !== null) {
        // A new engine: the old port is dead, and the next dial takes this one.
        unused = port
        return end(1006, 'the engine was started anew')
      }
      current = port
      port.onmessage = ({ data }) => {
        const message = data as ServerMessage | ClosedMessage
        if ('closed' in message) end(message.closed, message.why)
        else handlers.message(message)
      }
      port.addEventListener('close', () => end(1006, 'the engine is gone'))
      port.start()
      handlers.opened()
    }
    waiting = use
    if (unused !== null) {
      const port = unused
      unused = null
      queueMicrotask(() => use(port))
    }
    return { send: (message) => current?.postMessage(message), close: () => end(1000, '') }
  }
}

/** The token of the run stands in the address once, and is kept for a reload of this tab. */
export function takeToken(): string {
  const given = location.hash.slice(1)
  if (/^[\w-]{16,}$/.test(given)) {
    sessionStorage.setItem('token', given)
    history.replaceState(null, '', location.pathname + location.search)
  }
  return sessionStorage.getItem('token') ?? ''
}

/** The line that fits where this page runs. */
export function dialHere(): Dial {
  if (appBridge !== null) {
    const nonce = crypto.randomUUID()
    const dial = dialPorts(window, nonce)
    appBridge.connect(nonce)
    return dial
  }
  const scheme = location.protocol === 'https:' ? 'wss:' : 'ws:'
  return dialWebSocket(`${scheme}//${location.host}/contract`, takeToken())
}
