import type { ClientRequest, IncomingMessage } from 'node:http'
import { isIPv4 } from 'node:net'
import type { Socket } from 'node:net'
import type WebSocket from 'ws'
import { SwitchyardError } from '../../shared/errors.js'

const openWithinMs = 10_000
/** What a refusal says beyond its status line: so much of its body, so long waited for. */
const maxBodyBytes = 4096
const bodyWithinMs = 1000
const maxSaidLines = 3
const maxSaidChars = 300

/** How far an opening handshake came, for who waits in vain. */
export class Progress {
  #says = 'nothing answered there'
  /** To be called with the request as soon as there is one (`finishRequest` of ws). */
  follow(request: ClientRequest, secure: boolean): void {
    request.once('socket', (socket: Socket) => {
      const connected = secure ? 'it accepted the connection, and did not answer TLS' : open
      socket.once('connect', () => (this.#says = connected))
      socket.once('secureConnect', () => (this.#says = open))
    })
    request.end()
  }
  get says(): string {
    return this.#says
  }
}
const open = 'it accepted the connection, and did not answer the opening handshake'

/** Resolves when it is open. @throws SwitchyardError `connect-failed`, which says what happened. */
export async function opened(socket: WebSocket, url: string, progress: Progress, withinMs = openWithinMs): Promise<void> {
  let late: NodeJS.Timeout | undefined
  try {
    await new Promise<void>((resolve, reject) => {
      const fail = (why: string, hint?: string): void => reject(refused(url, why, hint))
      late = setTimeout(
        () => fail(`${progress.says} within ${withinMs / 1000} s`, 'Check the host and the port, and what stands between.'),
        withinMs
      )
      socket.once('open', resolve)
      socket.once('error', (error: NodeJS.ErrnoException) => fail(...whyFailed(error, url)))
      socket.once('unexpected-response', (request: ClientRequest, response: IncomingMessage) => {
        clearTimeout(late)
        void startOf(response).then((body) => {
          request.destroy()
          fail(...whyRefused(response, body))
        })
      })
    })
  } catch (thrown) {
    socket.on('error', () => {})
    socket.terminate()
    throw thrown
  } finally {
    clearTimeout(late)
  }
}

function refused(url: string, why: string, hint: string | undefined): SwitchyardError {
  const says = hint ?? (isHere(url) ? 'The Switchyard that serves it shows what it decided, and why.' : undefined)
  return new SwitchyardError('connect-failed', `${url} could not be opened: ${why}.`, says === undefined ? {} : { hint: says })
}

/** Only on this machine is there a Switchyard to look at. */
function isHere(url: string): boolean {
  const host = new URL(url).hostname
  return host === 'localhost' || host.endsWith('.localhost') || host === '[::1]' || (isIPv4(host) && host.startsWith('127.'))
}

function whyRefused(
  { statusCode = 0, statusMessage = '', headers }: IncomingMessage,
  body: string
): [why: string, hint?: string | undefined] {
  const status = `${statusCode} ${statusMessage}`.trim()
  const said = linesOf(body, headers['content-type'] ?? '')
  if (statusCode >= 300 && statusCode < 400 && headers.location !== undefined)
    return [`${status}, to ${headers.location}`, 'A WebSocket client follows no redirect: ask for the place that it names.']
  if (statusCode >= 200 && statusCode < 300) return [`${status}: it answered as plain HTTP: the upgrade did not reach the backend`]
  return [said === '' || said === statusMessage ? status : `${status}: ${said}`]
}

/** The first lines of a text, without tags. */
function linesOf(body: string, type: string): string {
  if (!/^(?:text\/|application\/(?:problem\+)?json)/i.test(type)) return ''
  const text = /html/i.test(type) ? body.replace(/<(style|script|title)\b[^]*?<\/\1>|<[^>]*>/gi, ' ') : body
  const lines = text.split('\n').map((line) => line.replace(/\s+/g, ' ').trim())
  const said = lines
    .filter((line) => line !== '')
    .slice(0, maxSaidLines)
    .join(' / ')
  return (said.length > maxSaidChars ? `${said.slice(0, maxSaidChars)}…` : said).replace(/\.$/, '')
}

/** Resolves in any case, with what came. */
function startOf(response: IncomingMessage): Promise<string> {
  return new Promise((resolve) => {
    const pieces: Buffer[] = []
    const done = (): void => {
      clearTimeout(late)
      resolve(Buffer.concat(pieces).subarray(0, maxBodyBytes).toString())
    }
    const late = setTimeout(done, bodyWithinMs)
    response.on('data', (piece: Buffer) => {
      pieces.push(piece)
      if (pieces.reduce((sum, { length }) => sum + length, 0) >= maxBodyBytes) done()
    })
    for (const over of ['end', 'error', 'close']) response.once(over, done)
  })
}

const unknownAuthority = /SELF_SIGNED|UNABLE_TO_(?:VERIFY|GET_ISSUER)|CERT_UNTRUSTED/
const known: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'the connection was refused',
  EHOSTUNREACH: 'there is no way to that host',
  ENETUNREACH: 'there is no way to that network',
  ETIMEDOUT: 'nothing answered there'
}

function whyFailed(error: NodeJS.ErrnoException & { rawPacket?: Buffer }, url: string): [why: string, hint?: string | undefined] {
  const { code = '', message, rawPacket } = error
  const secure = /^wss:/i.test(url)
  if (code === 'ECONNREFUSED') return [known[code] ?? '', 'Nothing listens there: start switchyard serve, or check the port.']
  if (code === 'ENOTFOUND' || code === 'EAI_AGAIN') {
    const { hostname, port } = new URL(url)
    const here = `--to 127.0.0.1:${port === '' ? (secure ? 443 : 80) : port}`
    return [`the name ${hostname} is not known here`, `Check the name. If a Switchyard on this machine serves it, add ${here}`]
  }
  if (unknownAuthority.test(code)) {
    const hint =
      'Its authority is not known here: name the data folder of the Switchyard that serves it (--data), or set NODE_EXTRA_CA_CERTS.'
    return [message, hint]
  }
  if (secure && /wrong version number|packet length too long|http request/i.test(message))
    return ['it does not speak TLS there', 'The port is a plain one: ws:// asks it.']
  // RFC 8446 §5.1: a record begins with its type, alert or handshake, and 3.
  const isRecord = rawPacket !== undefined && (rawPacket[0] === 21 || rawPacket[0] === 22) && rawPacket[1] === 3
  if (isRecord) return ['it speaks TLS there', 'The port is a TLS one: wss:// asks it.']
  if (code.startsWith('HPE_')) return ['what it answered is no HTTP']
  if (code === 'ECONNRESET' || code === 'EPIPE')
    return ['the connection was closed without an answer', secure ? undefined : 'A TLS port does that to ws://: try wss://.'] as [
      string,
      string?
    ]
  return [known[code] ?? (message === '' ? code : message)]
}
