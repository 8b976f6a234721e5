import { fieldValue } from '../../../shared/fields.js'
import type { HeadFault, RequestHead } from '../../../shared/heads.js'
import type { Arrival, Exchange } from '../../../shared/site.js'
import { nothingToLog } from '../../../shared/steps.js'
import type { Account, Attempt, Closing, Failure, FileFacts, LogEntry, Outcome, Step } from '../../../shared/steps.js'
import type { Decision } from '../../../shared/trace.js'
import { editFields } from './field-edits.js'
import { failureEntry, faultSays, pageOf, statusOfFailure, statusOfHeadFault } from './failures.js'
import { hasBody, originHead, upgradeAgrees, upgradeAsked, wantedBy } from './request-head.js'
import type { Wanted } from './request-head.js'
import { clientHead, ended, kept, ownHead, switchingHead, wantsKept } from './response-head.js'
import { pathAtOrigin } from './routes.js'
import type { Forward, Route } from './routes.js'
import { fileBelow, fileFields, isFresh } from './static-files.js'
import type { NativeSite } from './site.js'

type Send = Extract<Step, { do: 'send' }>

/** Methods that may be sent once more where an old connection turned out to be dead (RFC 9110 §9.2.2). */
const idempotent: ReadonlySet<string> = new Set(['GET', 'HEAD', 'OPTIONS', 'PUT', 'DELETE', 'TRACE'])
const onceRelayed = { cutShort: 'close' } as const
const passHalves = { fromClient: 'pass', fromServer: 'pass' } as const

/** One request of a native site: find its route, do what that says, pass on what the origin says or tell the client why not. */
export class NativeExchange implements Exchange {
  readonly #site: NativeSite
  readonly #arrival: Arrival
  readonly #request: RequestHead
  readonly #fault: HeadFault | null
  #route: Route | null = null
  #decision: Decision
  #wanted: Wanted | null = null
  #sent: Send | null = null
  #upgrade: string | null = null
  #continued = false
  #retried = false
  #answered = false
  #log: LogEntry[] | null = null

  constructor(site: NativeSite, arrival: Arrival, head: RequestHead | HeadFault) {
    this.#site = site
    this.#arrival = arrival
    this.#fault = 'fault' in head ? head : null
    this.#request = 'fault' in head ? noRequest : head
    this.#decision = site.undecided
  }

  next(outcome: Outcome): Step {
    switch (outcome.was) {
      case 'start':
        return this.#fault === null ? this.#start() : this.#refuse(this.#fault)
      case 'head':
        return this.#originSaid(outcome)
      case 'failure':
        return this.#failed(outcome.failure, outcome.attempt)
      case 'files':
        return this.#found(outcome.files[0] as FileFacts)
      // Nobody is left to answer; the request to the origin ends with this.
      case 'clientGone':
        return { do: 'close', how: 'silent' }
      default:
        return { do: 'carryOn' }
    }
  }

  end({ failure, attempts }: Account): Closing {
    const tried = attempts[attempts.length - 1]
    if (failure !== undefined && tried !== undefined) this.#note(failureEntry(failure, tried, this.#asked()))
    return this.#log === null ? nothingToLog : { log: this.#log }
  }

  decision(): Decision {
    return this.#decision
  }

  #start(): Step {
    const wanted = wantedBy(this.#request)
    if (wanted === null) return this.#say(400, `No route takes the target ${this.#request.target}: it names no path.`)
    this.#wanted = wanted
    const { route, decision } = this.#site.routeFor(wanted)
    this.#decision = decision
    if (route === null)
      return this.#say(404, `No route matches ${wanted.path} on ${wanted.authority === '' ? 'this host' : wanted.authority}.`)
    this.#route = route
    const action = route.action
    switch (action.does) {
      case 'forward':
        return this.#forward(route, action, wanted)
      case 'files':
        return this.#lookUp(action.root, wanted.path.slice(route.prefix.length))
      case 'redirect':
        return this.#own(action.status, ['Location', action.to], Buffer.alloc(0))
      case 'respond':
        return this.#own(action.status, action.fields, action.body)
    }
  }

  // ── to an origin ──────────────────────────────────────────────────────────────────────────────

  #forward(route: Route, action: Forward, wanted: Wanted): Step {
    const upgrade = upgradeAsked(this.#request, action)
    if (upgrade !== null) {
      this.#upgrade = upgrade
      this.#decision = this.#site.upgraded(route, this.#decision)
    }
    const target = pathAtOrigin(action, route, wanted.path, wanted.query)
    this.#sent = {
      do: 'send',
      to: action.target,
      head: originHead(this.#request, this.#arrival, action, wanted.authority, target, upgrade),
      body: this.#bodyMode(),
      answer: 'client',
      timeouts: action.timeouts,
      reuse: action.pool,
      watchClient: true
    }
    return this.#sent
  }

  /** `Expect` is the origin's to answer (RFC 9110 §10.1.1); its 100 is what starts the body. */
  #bodyMode(): Send['body'] {
    const { fields, version } = this.#request
    if (!hasBody(fields)) return 'none'
    return version === 'HTTP/1.1' && fieldValue(fields, 'expect')?.toLowerCase() === '100-continue' ? 'after100' : 'relay'
  }

  #originSaid({ head, attempt }: Extract<Outcome, { was: 'head' }>): Step {
    const route = this.#route as Route
    if (head.status === 101) return this.#switching(head, attempt, route)
    if (head.status < 200) {
      this.#continued ||= head.status === 100
      // An HTTP/1.0 client knows no interim answers (RFC 9110 §15.2).
      return { do: 'interim', head: this.#request.version === 'HTTP/1.1' ? 'asReceived' : 'none' }
    }
    this.#answered = true
    const unasked = this.#sent?.body === 'after100' && !this.#continued
    const { head: out, persist } = clientHead(this.#request, head, route.responseEdits, wantsKept(this.#request) && !unasked)
    return { do: 'relay', head: out, body: onceRelayed, requestBody: unasked ? 'stop' : 'carryOn', persist }
  }

  #switching(head: Extract<Outcome, { was: 'head' }>['head'], attempt: Attempt, route: Route): Step {
    const action = route.action as Forward
    if (this.#upgrade !== null && upgradeAgrees(this.#upgrade, head.fields)) {
      this.#answered = true
      return {
        do: 'tunnel',
        head: switchingHead(head, route.responseEdits),
        idle: { ms: action.idleMs, counts: 'either' },
        halfClose: passHalves
      }
    }
    const answered = fieldValue(head.fields, 'upgrade') ?? 'nothing'
    const asked = this.#upgrade === null ? 'no upgrade was asked for' : `${this.#upgrade} was asked for`
    const message = `${action.url} switched to ${answered}, but ${asked}.`
    this.#note({
      level: 'error',
      source: 'switchyard',
      code: 'origin-unexpected-upgrade',
      message: `${this.#asked()}: ${message} (${attempt.address})`
    })
    return this.#say(502, message)
  }

  #failed(failure: Failure, attempt: Attempt): Step {
    if (this.#answered) return { do: 'close', how: 'fin' }
    if (this.#mayRetry(failure, attempt)) {
      this.#retried = true
      return { ...(this.#sent as Send), reuse: null }
    }
    this.#note(failureEntry(failure, attempt, this.#asked()))
    const status = statusOfFailure(failure)
    return status === null ? { do: 'close', how: 'fin' } : this.#say(status, failure.message)
  }

  /** A connection that was kept may have been closed by the origin at the very moment that it was used again (RFC 9112 §9.3.1). */
  #mayRetry(failure: Failure, attempt: Attempt): boolean {
    if (failure.cause !== 'closedEarly' || !attempt.reused || this.#retried) return false
    return attempt.bodyReplayable && idempotent.has(this.#request.method)
  }

  // ── from here ─────────────────────────────────────────────────────────────────────────────────

  #lookUp(root: string, rest: string): Step {
    if (this.#request.method !== 'GET' && this.#request.method !== 'HEAD') {
      return this.#say(405, 'Files are served to GET and HEAD alone.', ['Allow', 'GET, HEAD'])
    }
    const path = fileBelow(root, rest)
    if (path === null) return this.#say(404, 'There is no such file.')
    return { do: 'lookAt', paths: [path.endsWith('/') ? `${path}index.html` : path] }
  }

  #found(facts: FileFacts): Step {
    const wanted = this.#wanted as Wanted
    if (facts.kind === 'denied') return this.#say(403, 'This file may not be read.')
    // Two slashes in front would name another host (RFC 3986 §4.2).
    if (facts.kind === 'directory' && !wanted.path.endsWith('/'))
      return this.#own(301, ['Location', `${wanted.path.replace(/^\/+/, '/')}/${wanted.query}`], Buffer.alloc(0))
    if (facts.kind !== 'file') return this.#say(404, 'There is no such file.')
    if (isFresh(this.#request, facts)) return this.#own(304, fileFields(facts), Buffer.alloc(0))
    return this.#own(200, fileFields(facts), { path: facts.path, fromByte: 0, bytes: facts.bytes })
  }

  #refuse(fault: HeadFault): Step {
    const status = statusOfHeadFault(fault)
    const code = `client-head-${fault.fault}`
    this.#note({ level: 'info', source: 'switchyard', code, message: `${this.#arrival.client.address}: ${faultSays(fault)}` })
    if (status === null) return { do: 'close', how: 'fin' }
    const page = pageOf(status, faultSays(fault))
    const { head } = ownHead(null, status, plainText, page.length, false)
    return { do: 'respond', head, body: [page], persist: ended }
  }

  #say(status: number, says: string, fields: readonly string[] = []): Step {
    return this.#own(status, [...plainText, ...fields], pageOf(status, says))
  }

  #own(
    status: number,
    fields: readonly string[],
    body: Uint8Array | Extract<Extract<Step, { do: 'respond' }>['body'][number], { path: string }>
  ): Step {
    this.#answered = true
    const bytes = 'path' in body ? body.bytes : body.length
    const bodyless = status === 204 || status === 304
    // A body that nobody reads would be taken for the next request.
    const keep = wantsKept(this.#request) && !hasBody(this.#request.fields)
    const edited = editFields([...fields], this.#route?.responseEdits ?? null)
    const { head } = ownHead(this.#request, status, edited, bodyless ? null : bytes, keep)
    const silent = bodyless || this.#request.method === 'HEAD' || bytes === 0
    return { do: 'respond', head, body: silent ? [] : [body], persist: keep ? kept : ended }
  }

  #asked(): string {
    const action = this.#route?.action
    const to = action?.does === 'forward' ? ` to ${action.url}` : ''
    return `${this.#request.method} ${this.#request.target}${to}`
  }

  #note(entry: LogEntry): void {
    this.#log ??= []
    this.#log.push(entry)
  }
}

const plainText = ['Content-Type', 'text/plain; charset=utf-8'] as const
const noRequest: RequestHead = { method: '', target: '', version: 'HTTP/1.1', fields: [] }
