import type { ResponseHead } from '../../shared/heads.js'
import type { Attempt, Failure, FailureCause, FileFacts, Outcome } from '../../shared/steps.js'
import { beginsAtUs, fieldsOf, linesOf } from './play.js'

/** Outcomes in the words of a story. */
export const start: Outcome = { was: 'start' }
export const time: Outcome = { was: 'time' }

/** A head that an origin answered: `200 OK` and its fields, a line each. */
export function answers(text: string, facts: Partial<Attempt> = {}): Extract<Outcome, { was: 'head' }> {
  const head = responseOf(text)
  return { was: 'head', head, attempt: attempt({ status: head.status, ...facts }) }
}

export const switching = (token = 'websocket'): Extract<Outcome, { was: 'head' }> =>
  answers(`101 Switching Protocols
    Upgrade: ${token}
    Connection: Upgrade
    Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=`)

export function fails(cause: FailureCause, facts: Partial<Attempt> = {}, more: Partial<Failure> = {}): Outcome {
  return { was: 'failure', failure: { cause, message: `${cause}, says the story`, ...more }, attempt: attempt({ status: 0, ...facts }) }
}

export function bodyRead(bytes: number, complete: boolean): Outcome {
  return { was: 'body', read: { bytes, complete } }
}

export function clientLeaves(how: 'fin' | 'rst'): Outcome {
  return { was: 'clientGone', how }
}

/** Files as found: text, or null where there is none. */
export function found(files: Readonly<Record<string, string | null>>, mtimeMs = 1): Outcome {
  return { was: 'files', files: Object.entries(files).map(([path, text]) => fileFacts(path, text, mtimeMs)) }
}

export function fileFacts(path: string, text: string | null, mtimeMs = 1): FileFacts {
  if (text === null) return { path, kind: 'missing', bytes: 0, mtimeMs: 0, inode: 0 }
  return { path, kind: 'file', bytes: text.length, mtimeMs, inode: 7, content: Buffer.from(text, 'latin1') }
}

export function responseOf(text: string): ResponseHead {
  const [line, ...rest] = linesOf(text)
  const [, status, reason] = /^(\d{3}) ?(.*)$/.exec(line as string) as unknown as [string, string, string]
  return { version: 'HTTP/1.1', status: Number(status), reason, fields: fieldsOf(rest) }
}

export function attempt(facts: Partial<Attempt> = {}): Attempt {
  return {
    target: { host: 'a.test', port: 80, tls: null },
    address: '127.0.0.1:3000',
    reused: false,
    status: 200,
    bytesSent: 100,
    bytesReceived: 0,
    startedAtUs: beginsAtUs,
    connectedAtUs: beginsAtUs + 1000,
    headAtUs: beginsAtUs + 5000,
    bodyReplayable: true,
    requestSent: true,
    ...facts
  }
}
