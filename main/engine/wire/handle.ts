import net from 'node:net'

/**
 * The one place that touches `_handle`. An accepted socket, or one that TLS was made on, cannot be told to read into a
 * buffer of ours; its handle moved into a new `net.Socket` can. A runtime whose sockets look different answers null
 * here, and the wire reads by 'data' events instead, dearer and otherwise the same.
 */
export interface OnRead {
  buffer: () => Uint8Array
  callback: (bytes: number, buffer: Uint8Array) => boolean
}

interface NativeHandle {
  reading: boolean
  readStop(): number
  onhandshakestart?: () => void
  onhandshakedone?: () => void
  verifyError?: () => { code?: string; message: string } | null | undefined
}
interface Holder {
  _handle?: NativeHandle | null
}

/**
 * Moves what `from` stands for into a socket of its own, paused. `from` is left without a handle; a plain one that a
 * server accepted must be destroyed by the caller, since its server counts it until then. A TLSSocket must not be: it
 * goes with the connection below it.
 *
 * @returns null where this runtime does not bear it: `from` is untouched.
 */
export function moveHandle(from: net.Socket, onread: OnRead | null): net.Socket | null {
  const holder = from as Holder
  const handle = holder._handle
  if (!isMovable(handle)) return null
  handle.readStop()
  handle.reading = false
  holder._handle = null
  refuseRenegotiation(handle)
  return new net.Socket({
    handle,
    allowHalfOpen: true,
    pauseOnCreate: true,
    ...(onread === null ? {} : { onread })
  } as net.SocketConstructorOpts)
}

/**
 * Whether a client's certificate, asked for in a handshake that is over, is trusted. Only a `tls.Server` is told that by
 * public ways. @returns true, or why not.
 */
export function clientVerified(socket: net.Socket): true | string {
  const handle = (socket as Holder)._handle
  if (typeof handle?.verifyError !== 'function') return 'not known in this runtime'
  const error = handle.verifyError()
  return error === null || error === undefined ? true : (error.code ?? error.message)
}

function isMovable(handle: NativeHandle | null | undefined): handle is NativeHandle {
  return typeof handle === 'object' && handle !== null && typeof handle.readStop === 'function' && typeof handle.reading === 'boolean'
}

/** The handshake's callbacks expect a TLSSocket as owner. Renegotiation is off in our contexts; a peer that tries must not find one missing. */
function refuseRenegotiation(handle: NativeHandle): void {
  if (handle.onhandshakedone === undefined) return
  handle.onhandshakestart = () => {}
  handle.onhandshakedone = () => {}
}
