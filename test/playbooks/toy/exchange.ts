import { fieldValue, listMembers } from '../../../shared/fields.js'
import type { HeadFault, RequestHead, ResponseHead } from '../../../shared/heads.js'
import type { Arrival, Exchange } from '../../../shared/site.js'
import type { Account, Attempt, Closing, FileFacts, LogEntry, Outcome, Step } from '../../../shared/steps.js'
import type { Decision } from '../../../shared/trace.js'
import type { ErrorPage, ToyLocation } from './config.js'
import { answerHead, asideHead, bodyText, forwardHead, keepsAlive, plainHead, relayedHead } from './heads.js'
import { logLine } from './log.js'
import type { ToySite } from './site.js'

type StepOf<K extends Step['do']> = Extract<Step, { do: K }>
type Body = StepOf<'send'>['body']
type Head = Extract<Outcome, { was: 'head' }>
type Failed = Extract<Outcome, { was: 'failure' }>

/**
 * One exchange of the toy. Whoever gives a step that has an outcome also says who hears it (`#then`); so the file reads
 * in the order in which an exchange goes: access files, map, question aside, body, origins, answer.
 */
export class ToyExchange implements Exchange {
  readonly #site: ToySite
  readonly #arrival: Arrival
  readonly #head: RequestHead | HeadFault
  #then: (outcome: Outcome) => Step = () => this.#start()
  #location: ToyLocation = {}
  #took: readonly number[] = []
  #atUs = 0
  #origins: readonly string[] = []
  #extraFields: readonly string[] = []
  #body: Body = 'none'
  #errorPageShown = false
  readonly #log: LogEntry[] = []

  constructor(site: ToySite, arrival: Arrival, head: RequestHead | HeadFault) {
    this.#site = site
    this.#arrival = arrival
    this.#head = head
  }

  next(outcome: Outcome, atUs: number): Step {
    this.#atUs = atUs + this.#site.state.aheadUs
    if (outcome.was === 'clientGone') return this.#location.clientGone === 'close' ? { do: 'close', how: 'silent' } : { do: 'carryOn' }
    return this.#then(outcome)
  }

  end(account: Account): Closing {
    if (this.#site.config.log !== true) return { log: this.#log }
    const line: LogEntry = { level: 'info', source: 'access', code: 'access', message: logLine(this.#arrival, this.#head, account) }
    return { log: [...this.#log, line] }
  }

  decision(): Decision {
    return { generation: this.#site.generation, took: this.#took, missed: [], route: this.#took[0] ?? -1 }
  }

  get #request(): RequestHead {
    return this.#head as RequestHead
  }

  #start(): Step {
    if ('fault' in this.#head) return this.#answer(400)
    if (!this.#certificateFits(this.#head)) return this.#answer(421)
    const found = this.#site.locationOf(this.#head.target)
    if (found === null) return this.#answer(404)
    this.#took = [found.id]
    this.#location = found.location
    this.#origins = found.location.to ?? []
    return this.#lookDown()
  }

  /** A connection made under one name's policy carries no request for another name's (RFC 9110 §7.4). */
  #certificateFits(head: RequestHead): boolean {
    if (this.#arrival.tls === null) return true
    return fieldValue(head.fields, 'host') === this.#arrival.tls.serverName
  }

  // ── files on the way ──────────────────────────────────────────────────────────────────────────

  #lookDown(): Step {
    const files = this.#location.accessFiles
    if (files === undefined) return this.#consultMap()
    const folders = this.#request.target.split('/').slice(1, -1)
    const paths = [files.root, ...folders.map((_, i) => `${files.root}/${folders.slice(0, i + 1).join('/')}`)]
    return this.#look(
      paths.map((path) => `${path}/${files.name}`),
      (found) => this.#obey(found)
    )
  }

  #obey(files: readonly FileFacts[]): Step {
    const lines = files.flatMap((file) => (file.content === undefined ? [] : bodyText(file.content).split('\n')))
    if (lines.includes('deny')) return this.#answer(403)
    const fields = lines.filter((line) => line.startsWith('field ')).map((line) => line.slice(6).split(': '))
    this.#extraFields = fields.flat()
    return this.#consultMap()
  }

  /** A map that is known is only asked for its time; read again where that moved. */
  #consultMap(): Step {
    const path = this.#location.map
    if (path === undefined) return this.#ask()
    const known = this.#site.state.maps.get(path)
    if (known === undefined) return this.#readMap(path)
    return this.#look([path], ([facts]) => (facts?.mtimeMs === known.mtimeMs ? this.#useMap(known.origins) : this.#readMap(path)), null)
  }

  #readMap(path: string): Step {
    return this.#look([path], ([facts]) => {
      if (facts?.content === undefined) return this.#answer(500)
      const lines = bodyText(facts.content).split('\n')
      const origins = new Map(lines.map((line) => line.split(' ') as [string, string]))
      this.#site.state.maps.set(path, { mtimeMs: facts.mtimeMs, origins })
      return this.#useMap(origins)
    })
  }

  #useMap(origins: ReadonlyMap<string, string>): Step {
    const origin = origins.get(this.#request.target.slice(this.#request.target.lastIndexOf('/') + 1))
    if (origin === undefined) return this.#answer(404)
    this.#origins = [origin]
    return this.#ask()
  }

  #look(paths: readonly string[], then: (files: readonly FileFacts[]) => Step, readUpToBytes: number | null = 4096): Step {
    this.#then = (outcome) => then(outcome.was === 'files' ? outcome.files : [])
    return readUpToBytes === null ? { do: 'lookAt', paths } : { do: 'lookAt', paths, readUpToBytes }
  }

  // ── a question aside ──────────────────────────────────────────────────────────────────────────

  #ask(): Step {
    const ask = this.#location.ask
    return ask === undefined ? this.#readBody() : this.#askAt(ask)
  }

  #askAt(path: string): Step {
    const aside = this.#site.config.locations[path] as ToyLocation
    this.#then = (outcome) => (outcome.was === 'head' ? this.#allowed(outcome.head.status) : this.#asideFailed(aside))
    const to = targetOf(aside.to?.[0] as string)
    return { do: 'send', to, head: asideHead(this.#request, path, to), body: 'none', answer: 'aside', ...this.#terms(aside) }
  }

  #allowed(status: number): Step {
    if (status >= 200 && status < 300) return this.#readBody()
    return this.#answer(status === 401 || status === 403 ? status : 500)
  }

  /** The question has a location of its own, and so error pages of its own: another may be asked. */
  #asideFailed(aside: ToyLocation): Step {
    const page = aside.errors?.[502]
    return page !== undefined && 'to' in page ? this.#askAt(page.to) : this.#answer(500)
  }

  // ── body and origins ──────────────────────────────────────────────────────────────────────────

  #readBody(): Step {
    const { fields } = this.#request
    const hasBody = fieldValue(fields, 'content-length') !== undefined || fieldValue(fields, 'transfer-encoding') !== undefined
    const expects = fieldValue(fields, 'expect') !== undefined
    if (!hasBody) return this.#send()
    this.#body = expects && this.#location.expect !== 'self' ? 'after100' : 'relay'
    const upToBytes = this.#location.bufferBytes ?? 0
    if (upToBytes === 0) return this.#send()
    this.#then = (outcome) => {
      if (outcome.was !== 'body') return this.#answer(400)
      this.#body = outcome.read.complete ? 'replay' : 'relay'
      return this.#send()
    }
    const step: Step = { do: 'readBody', upToBytes, timeouts: this.#terms(this.#location).timeouts }
    return expects ? { ...step, continue: plainHead(100) } : step
  }

  #send(): Step {
    const origin = this.#origins.find((name) => (this.#site.state.restUntilUs.get(name) ?? 0) <= this.#atUs)
    if (origin === undefined) return this.#answer(503)
    this.#origins = this.#origins.slice(this.#origins.indexOf(origin) + 1)
    this.#then = (outcome) => (outcome.was === 'head' ? this.#answered(outcome) : this.#failed(outcome as Failed, origin))
    const to = targetOf(origin)
    const head = forwardHead(this.#request, to, this.#upgrading, this.#location.expect === 'self')
    return { do: 'send', to, head, body: this.#body, answer: 'client', ...this.#terms(this.#location) }
  }

  #terms(location: ToyLocation): Pick<StepOf<'send'>, 'timeouts' | 'reuse' | 'watchClient'> {
    const timeouts = { connectMs: 2000, headMs: location.answerMs ?? 5000, readMs: 5000, sendMs: 5000 }
    return { timeouts, reuse: null, watchClient: location.clientGone !== undefined }
  }

  get #upgrading(): boolean {
    return (
      this.#location.upgrade === true && listMembers(this.#request.fields, 'upgrade').some((token) => token.toLowerCase() === 'websocket')
    )
  }

  // ── what the origin says ──────────────────────────────────────────────────────────────────────

  #answered({ head, attempt }: Head): Step {
    if (head.status === 101) return this.#upgrading ? this.#tunnel(head) : this.#answer(502)
    if (head.status < 200) return { do: 'interim', head: 'asReceived' }
    if (this.#location.tryNextOn?.includes(head.status) === true && this.#another(attempt)) return this.#send()
    const page = this.#location.errors?.[head.status]
    if (page !== undefined && !this.#errorPageShown) return this.#errorPage(head.status, page, attempt)
    const persist = { ...this.#site.listeners[0]!.first, keep: keepsAlive(this.#request, head) && this.#body !== 'after100' }
    return {
      do: 'relay',
      head: relayedHead(this.#request, head, [...(this.#location.fields ?? []), ...this.#extraFields], persist.keep),
      body: { cutShort: 'close' },
      requestBody: head.status < 300 ? 'carryOn' : 'stop',
      persist
    }
  }

  #tunnel(head: ResponseHead): Step {
    return {
      do: 'tunnel',
      head: this.#request.version === 'HTTP/1.0' ? 'none' : { ...head, fields: [...head.fields, ...(this.#location.fields ?? [])] },
      idle: { ms: this.#location.idleMs ?? 0, counts: 'either' },
      halfClose: { fromClient: 'pass', fromServer: 'pass' }
    }
  }

  #failed({ failure, attempt }: Failed, origin: string): Step {
    this.#log.push({ level: 'error', source: 'server', code: `toy-${failure.cause}`, message: failure.message })
    if (failure.cause === 'bodyCutShort') return { do: 'close', how: 'fin' }
    const { retryMs } = this.#location
    if (failure.cause === 'refused' && retryMs !== undefined) this.#site.state.restUntilUs.set(origin, this.#atUs + retryMs * 1000)
    if (this.#location.tryNextOn?.includes('failure') === true && this.#another(attempt)) return this.#send()
    return this.#answer(failure.cause === 'refused' ? 503 : failure.cause === 'headTimedOut' ? 504 : 502, attempt)
  }

  #another(attempt: Attempt): boolean {
    return this.#origins.length > 0 && attempt.bodyReplayable
  }

  // ── answers from here ─────────────────────────────────────────────────────────────────────────

  #answer(status: number, attempt?: Attempt): Step {
    const pages = 'fault' in this.#head || this.#took.length === 0 ? this.#site.config.errors : this.#location.errors
    const page = pages?.[status]
    if (page !== undefined && !this.#errorPageShown) return this.#errorPage(status, page, attempt)
    const text = `${status} says the toy\n`
    return this.#respond(answerHead(status, ['Content-Type', 'text/plain'], text.length), [Buffer.from(text)], status >= 500)
  }

  #errorPage(status: number, page: ErrorPage, attempt: Attempt | undefined): Step {
    this.#errorPageShown = true
    if ('redirect' in page) return this.#respond(answerHead(302, ['Location', page.redirect], 0), [], false)
    if ('file' in page) return this.#look([page.file], ([facts]) => this.#respondFile(status, facts), null)
    this.#location = this.#site.config.locations[page.to] as ToyLocation
    this.#origins = this.#location.to ?? []
    // What of the body has gone is gone: the head still says its length, and nothing follows (as nginx does it).
    if (this.#body !== 'none' && attempt !== undefined && !attempt.bodyReplayable) this.#body = 'none'
    return this.#send()
  }

  #respondFile(status: number, facts: FileFacts | undefined): Step {
    if (facts?.kind !== 'file') return this.#answer(status)
    const body = [{ path: facts.path, fromByte: 0, bytes: facts.bytes }]
    return this.#respond(answerHead(status, ['Content-Type', 'text/html'], facts.bytes), body, false)
  }

  #respond(head: ResponseHead, body: StepOf<'respond'>['body'], close: boolean): Step {
    const keep = !close && !('fault' in this.#head) && keepsAlive(this.#head, head)
    const fields = keep ? head.fields : [...head.fields, 'Connection', 'close']
    return { do: 'respond', head: { ...head, fields }, body, persist: { ...this.#site.listeners[0]!.first, keep } }
  }
}

function targetOf(origin: string): { host: string; port: number; tls: null } {
  const [host, port] = origin.split(':') as [string, string]
  return { host, port: Number(port), tls: null }
}
