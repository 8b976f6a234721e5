import type { HeadFault, RequestHead } from '../../../../shared/heads.js'
import type { Arrival, Exchange } from '../../../../shared/site.js'
import type { Account, Closing, Failure, LogEntry, Outcome, Step } from '../../../../shared/steps.js'
import type { Decision } from '../../../../shared/trace.js'
import type { Server } from '../config/server.js'
import { set } from '../http/table.js'
import { accessLine } from './access-log.js'
import { die } from './die.js'
import type { Flow } from './flow.js'
import { process, postReadRequest } from './phases.js'
import { readRequest, type Connection } from './read-request.js'
import { Request } from './request.js'

/** One request through httpd's phases, from its head to its log lines. */
export class ApacheExchange implements Exchange, Flow {
  readonly #connection: Connection
  readonly #arrival: Arrival
  readonly #head: RequestHead | HeadFault
  #first: Request | null = null
  #r: Request | null = null
  #log: LogEntry[] | null = null
  #then: ((outcome: Outcome) => Step) | null = null
  #atUs = 0

  constructor(connection: Connection, arrival: Arrival, head: RequestHead | HeadFault) {
    this.#connection = connection
    this.#arrival = arrival
    this.#head = head
  }

  next(outcome: Outcome, atUs: number): Step {
    this.#atUs = atUs
    if (outcome.was === 'start') return this.#start()
    if (this.#r !== null) this.#r.nowUs = atUs
    // a client that leaves while the origin is silent is not noticed by httpd
    if (outcome.was === 'clientGone' || this.#then === null) return { do: 'carryOn' }
    const then = this.#then
    this.#then = null
    return then(outcome)
  }

  #start(): Step {
    const r = this.#begin(this.#connection.server, asHead(this.#head), null)
    const status = readRequest(r, this.#connection, this.#head)
    this.#enter(r)
    if (status !== null) {
      this.log('error', 'core', status.code, status.message)
      r.errorNotes = status.notes
      r.ends = true
      return this.die(r, status.status)
    }
    postReadRequest(r)
    return process(this, r)
  }

  #begin(server: Server, head: RequestHead, prev: Request | null): Request {
    const r = new Request(this.#arrival, server, head, prev)
    r.startedAtUs = prev?.startedAtUs ?? this.#atUs
    this.#enter(r)
    return r
  }

  #enter(r: Request): void {
    r.nowUs = this.#atUs
    this.#first ??= r
    this.#r = r
  }

  wait(step: Step, then: (outcome: Outcome) => Step): Step {
    this.#then = then
    return step
  }

  log(level: LogEntry['level'], module: string, code: string, message: string, system?: string): void {
    const { address, port } = this.#arrival.client
    const client = withoutClient.has(code) ? '' : `[client ${address}:${port}] `
    const reason = system === undefined ? '' : `${system}: `
    const word = level === 'warning' ? 'warn' : level
    this.#log ??= []
    this.#log.push({ level, source: 'server', code, message: `[${module}:${word}] ${reason}${client}${code}: ${message}` })
  }

  explain(code: string, message: string): void {
    this.#log ??= []
    this.#log.push({ level: 'warning', source: 'switchyard', code, message })
  }

  die(r: Request, status: number): Step {
    return die(this, r, status)
  }

  redirect(r: Request, path: string): Step {
    const head = { method: 'GET', target: path, version: r.protocolText, fields: [] }
    const next = this.#begin(r.server, head, r)
    next.hostname = r.hostname
    next.hostPort = r.hostPort
    next.errOut = r.errOut
    next.status = r.status
    next.expects100 = r.expects100
    next.closing = r.closing
    next.ends = r.ends
    for (const [name, value] of r.envEntries()) next.env.set(`REDIRECT_${name}`, value)
    next.env.set('REDIRECT_STATUS', String(r.status))
    const location = r.out.findIndex((name, i) => i % 2 === 0 && name.toLowerCase() === 'location')
    if (location >= 0 && r.status >= 300 && r.status < 400) set(next.out, 'Location', r.out[location + 1] as string)
    postReadRequest(next)
    return process(this, next)
  }

  end(account: Account, _atUs: number): Closing {
    if (account.failure !== undefined) this.#answerBroke(account.failure)
    const log = this.#log ?? []
    const r = this.#first
    return { log: r === null ? log : [...log, accessLine(r, account)] }
  }

  /** httpd says no more than that; what broke it, and on what, is worth a line of ours. */
  #answerBroke(failure: Failure): void {
    const system =
      failure.cause === 'readTimedOut'
        ? '(70007)The timeout specified has expired'
        : '(70008)Partial results are valid but processing is incomplete'
    this.log('error', 'proxy_http', 'AH01110', 'error reading response', system)
    this.explain('answer-broken', failure.message)
  }

  decision(): Decision {
    const { generation } = this.#connection.server.site
    const first = this.#first
    return { generation, took: first?.took ?? [], missed: first?.missed ?? [], route: first?.route ?? -1 }
  }
}

/** Lines that httpd writes for the server, not for a client's request. */
const withoutClient = new Set(['AH00957', 'AH00959', 'AH00940', 'AH00941'])

function asHead(head: RequestHead | HeadFault): RequestHead {
  if (!('fault' in head)) return head
  return { method: head.method ?? '-', target: head.target ?? '/', version: head.version ?? 'HTTP/1.0', fields: head.fields ?? [] }
}
