import type { Failure, OriginTls, Outcome, Step } from '../../../../shared/steps.js'
import type { ResponseHead } from '../../../../shared/heads.js'
import { parseHead, type FieldLines } from '../../../oracle/http-text.js'
import { parseAct } from '../../../oracle/recorder-act.js'
import { buildAnswer, interimHead, judgeHandshake, switchingHead, type Asked } from '../../../oracle/recorder-answer.js'
import { portName } from './surroundings.js'

type Send = Extract<Step, { do: 'send' }>

/** What the recorder would answer to a request, as outcomes, one after the other. */
export interface OriginSays {
  readonly backend: string
  readonly outcomes: readonly Outcome[]
  /** Bytes of the answer's body. */
  readonly body: Buffer
  readonly seen: boolean
}

export function originSays(step: Send): OriginSays {
  const backend = portName.get(step.to.port) ?? ''
  const isTls = backend.startsWith('BACKEND_TLS')
  if (step.to.host !== '127.0.0.1' && step.to.host !== 'localhost') return failing(backend, step, { cause: 'dns', message: 'not found' })
  if (backend === '' || backend.startsWith('DEAD'))
    return failing(backend, step, { cause: 'refused', message: 'refused', systemCode: 'ECONNREFUSED' })
  if (backend === 'BLACKHOLE') return failing(backend, step, { cause: 'connectTimedOut', message: 'timed out' })
  if (step.to.tls === null && isTls) return failing(backend, step, { cause: 'closedEarly', message: 'closed' })
  if (step.to.tls !== null) {
    const failure = isTls ? tlsFailure(step.to.tls, backend) : { cause: 'tls' as const, check: 'protocol' as const, message: 'no TLS' }
    if (failure !== null) return failing(backend, step, failure)
  }
  return answering(backend, step)
}

/** Which check of the recorder's certificates fails. */
function tlsFailure(tls: OriginTls, backend: string): Failure | null {
  const names: Record<string, readonly string[]> = {
    BACKEND_TLS: ['selfsigned.example.test'],
    BACKEND_TLS_CA: ['localhost', 'backend.example.test'],
    BACKEND_TLS_NAME: ['wrong.example.test'],
    BACKEND_TLS_EXPIRED: ['localhost']
  }
  if (tls.verify !== null && (tls.verify.caFile !== '/pki/ca.crt' || backend === 'BACKEND_TLS')) return tlsProblem('untrusted')
  if (tls.checkExpiry && backend === 'BACKEND_TLS_EXPIRED') return tlsProblem('expired')
  if (tls.checkName !== null && !(names[backend] ?? []).includes(tls.checkName)) return tlsProblem('wrongName')
  return null
}
function tlsProblem(check: 'untrusted' | 'expired' | 'wrongName'): Failure {
  return { cause: 'tls', check, message: check }
}

function failing(backend: string, step: Send, failure: Failure): OriginSays {
  return { backend, outcomes: [{ was: 'failure', failure, attempt: attempt(step) }], body: Buffer.alloc(0), seen: false }
}

function answering(backend: string, step: Send): OriginSays {
  const headers: FieldLines = []
  for (let i = 0; i < step.head.fields.length; i += 2) headers.push([step.head.fields[i] as string, step.head.fields[i + 1] as string])
  const act = parseAct(headers.find(([name]) => name.toLowerCase() === 'x-act')?.[1] ?? undefined)
  const { method, target, version } = step.head
  const asked: Asked = { backend, port: step.to.port, method, target, version, headers, act }
  const failure = failureOf(act.flags, step)
  if (failure !== null) return { ...failing(backend, step, failure), seen: true }
  const outcomes: Outcome[] = []
  if (step.body === 'after100' && act.flags['noexpect'] === undefined) outcomes.push(head(step, interimHead('100')))
  if (act.flags['interim'] !== undefined) outcomes.push(head(step, interimHead(act.flags['interim'])))
  const handshake = judgeHandshake(asked)
  if (handshake !== null && 'accepts' in handshake) {
    return { backend, outcomes: [...outcomes, head(step, switchingHead(asked, handshake.accepts))], body: Buffer.alloc(0), seen: true }
  }
  const answer = buildAnswer(asked, handshake?.refuses)
  const whole = Buffer.concat([answer.before, answer.after])
  const end = whole.indexOf('\r\n\r\n') + 4
  return { backend, outcomes: [...outcomes, head(step, whole.subarray(0, end))], body: whole.subarray(end), seen: true }
}

function failureOf(flags: Readonly<Record<string, string>>, step: Send): Failure | null {
  const slow = Number(flags['slow'] ?? 0)
  if (flags['hang'] !== undefined || (slow > 0 && slow > step.timeouts.headMs)) return { cause: 'headTimedOut', message: 'timed out' }
  if (flags['closeearly'] !== undefined) return { cause: 'closedEarly', message: 'closed' }
  if (flags['rst'] !== undefined) return { cause: 'closedEarly', message: 'reset', systemCode: 'ECONNRESET' }
  if (flags['garbage'] !== undefined) return { cause: 'notHttp', message: 'garbage', received: Buffer.from('this is not http\r\n\r\n') }
  return null
}

function head(step: Send, bytes: Buffer): Outcome {
  const parsed = parseHead(bytes)
  if (parsed === null) throw new Error('the recorder wrote no head')
  const [version = '', status = '', ...reason] = parsed.start.split(' ')
  const fields = parsed.headers.flatMap(([name, value]) => [name, value ?? ''])
  const answered: ResponseHead = { version, status: Number(status), reason: reason.join(' '), fields }
  return { was: 'head', head: answered, attempt: attempt(step) }
}

function attempt(step: Send) {
  return {
    target: step.to,
    address: `127.0.0.1:${step.to.port}`,
    reused: false,
    status: 0,
    bytesSent: 0,
    bytesReceived: 0,
    startedAtUs: 0,
    connectedAtUs: 0,
    headAtUs: 0,
    bodyReplayable: true,
    requestSent: true
  }
}
