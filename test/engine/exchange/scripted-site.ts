import { fieldValue, indexOfField } from '../../../shared/fields.js'
import { strictWire } from '../../../shared/heads.js'
import type { HeadFault, RequestHead, ResponseHead } from '../../../shared/heads.js'
import type { Arrival, Exchange, ListenerSpec, Site, TlsSpec } from '../../../shared/site.js'
import { nothingToLog } from '../../../shared/steps.js'
import type { Account, Closing, Outcome, Persist, Step } from '../../../shared/steps.js'

export type StepOf<K extends Step['do']> = Extract<Step, { do: K }>
/** What a test decides about one request: the next step after each outcome. */
export type Decide = (outcome: Outcome, request: RequestHead | HeadFault) => Step

export interface SiteParts {
  readonly decide: Decide
  readonly listeners?: readonly Partial<ListenerSpec>[]
  readonly names?: readonly string[]
  readonly generation?: number
}

export const kept: Persist = { keep: true, idleMs: 60_000, headMs: 10_000 }
export const closing: Persist = { keep: false, idleMs: 0, headMs: 0 }
export const patient = { connectMs: 5000, headMs: 60_000, readMs: 60_000, sendMs: 60_000 }

/** A site that decides nothing by itself, and remembers what its exchanges came to. */
export class ScriptedSite implements Site {
  readonly dialect = 'native'
  readonly generation: number
  readonly state = { dialect: 'native' } as const
  readonly listeners: readonly ListenerSpec[]
  readonly findings = []
  readonly names: readonly string[]
  readonly accounts: Account[] = []
  readonly arrivals: Arrival[] = []
  readonly #decide: Decide

  constructor({ decide, listeners = [{}], names = [], generation = 1 }: SiteParts) {
    this.#decide = decide
    this.names = names
    this.generation = generation
    this.listeners = listeners.map((more) => ({ address: '127.0.0.1', port: 80, tls: false, wire: strictWire, first: kept, ...more }))
  }

  secure(): TlsSpec {
    return {
      certificate: { from: 'local', names: [] },
      alpn: [],
      minVersion: 'TLSv1.2',
      maxVersion: 'TLSv1.3',
      ciphers: null,
      clientCertificates: 'none',
      clientCaFile: null
    }
  }
  refused(): Closing {
    return nothingToLog
  }
  open(arrival: Arrival, head: RequestHead | HeadFault): Exchange {
    this.arrivals.push(arrival)
    return {
      next: (outcome) => this.#decide(outcome, head),
      end: (account) => {
        this.accounts.push(account)
        return nothingToLog
      },
      decision: () => ({ generation: this.generation, took: [], missed: [], route: -1 })
    }
  }
  trace(): never {
    throw new Error('nobody asks a scripted site for words')
  }
}

/** Sends a request on as it came. */
export function sends(port: number, request: RequestHead | HeadFault, more: Partial<StepOf<'send'>> = {}): StepOf<'send'> {
  const head = request as RequestHead
  const hasBody = indexOfField(head.fields, 'content-length') >= 0 || indexOfField(head.fields, 'transfer-encoding') >= 0
  return {
    do: 'send',
    to: { host: '127.0.0.1', port, tls: null },
    head: { ...head, version: 'HTTP/1.1' },
    body: hasBody ? 'relay' : 'none',
    answer: 'client',
    timeouts: patient,
    reuse: null,
    watchClient: false,
    ...more
  }
}

export function relays(head: ResponseHead | 'asReceived' | 'none' = 'asReceived', more: Partial<StepOf<'relay'>> = {}): StepOf<'relay'> {
  return { do: 'relay', head, body: { cutShort: 'close' }, requestBody: 'carryOn', persist: kept, ...more }
}

export function responds(status: number, text = '', more: Partial<StepOf<'respond'>> = {}): StepOf<'respond'> {
  const fields = ['Content-Length', String(text.length)]
  return { do: 'respond', head: { version: 'HTTP/1.1', status, reason: 'Said', fields }, body: [Buffer.from(text)], persist: kept, ...more }
}

export const tunnels: StepOf<'tunnel'> = {
  do: 'tunnel',
  head: 'asReceived',
  idle: { ms: 0, counts: 'either' },
  halfClose: { fromClient: 'pass', fromServer: 'pass' }
}

/** What a plain reverse proxy decides: there and back again, a tunnel after 101, 502 for what failed, 400 for what is no request. */
export function proxyTo(port: number, more: Partial<StepOf<'send'>> = {}): Decide {
  return (outcome, request) => {
    if ('fault' in request) return responds(400, request.fault, { persist: closing })
    switch (outcome.was) {
      case 'start':
        return sends(port, request, more)
      case 'head':
        if (outcome.head.status === 101) return tunnels
        if (outcome.head.status < 200) return { do: 'interim', head: 'asReceived' }
        return relays('asReceived', { persist: fieldValue(request.fields, 'connection') === 'close' ? closing : kept })
      case 'failure':
        return outcome.failure.cause === 'bodyCutShort'
          ? { do: 'close', how: 'fin' }
          : responds(502, outcome.failure.cause, { persist: closing })
      default:
        return { do: 'close', how: 'silent' }
    }
  }
}
