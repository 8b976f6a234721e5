import { SvelteMap } from 'svelte/reactivity'
import type { Explanation } from '../../../shared/contract.js'
import { SwitchyardError, asSwitchyardError } from '../../../shared/errors.js'
import type { PlainError } from '../../../shared/errors.js'
import type { ExchangeDetail } from '../../../shared/rows.js'
import type { Span, Trace } from '../../../shared/trace.js'
import { isQuiet } from '../../state/connection.svelte.js'
import type { Connection } from '../../state/connection.svelte.js'
import { readCurl } from './curl.js'
import type { Asked } from './curl.js'
import { fieldsToAsk, readFields, writeFields } from './fields-text.js'
import { explainedOutcome, seenOutcome } from './outcome.js'
import type { Outcome } from './outcome.js'

/** A decision that is shown: of a question, or of an exchange that there was. */
export interface Shown {
  readonly trace: Trace
  readonly outcome: Outcome
  readonly head: Explanation['head']
  /** null: nothing was sent. */
  readonly exchange: number | null
  readonly inMs: number | null
}

/** A request that is asked about, and how the config decides on it. */
export class RouteDesk {
  method = $state('GET')
  url = $state('')
  upgrade = $state(false)
  fieldsText = $state('')
  #shown = $state.raw<Shown | null>(null)
  #error = $state.raw<PlainError | null>(null)
  #asking = $state(false)
  /** Lines of files as they are served, by file. */
  readonly #texts = new SvelteMap<string, readonly string[] | null>()
  readonly #connection: Connection
  #ask: AbortController | null = null

  constructor(connection: Connection) {
    this.#connection = connection
  }

  get shown(): Shown | null {
    return this.#shown
  }
  get error(): PlainError | null {
    return this.#error
  }
  get asking(): boolean {
    return this.#asking
  }

  fill({ method, url, fields, upgrade }: Asked): void {
    this.method = method
    this.url = url
    this.upgrade = upgrade
    this.fieldsText = writeFields(fields)
  }
  /** A URL as it is typed: whoever begins one with ws:// means a WebSocket, and no more where it becomes another. */
  type(url: string): void {
    if (isSocket(url) !== isSocket(this.url)) this.upgrade = isSocket(url)
    this.url = url
  }
  /** Answers whether it was a curl command. */
  paste(text: string): boolean {
    const asked = readCurl(text.trim())
    if (asked === null) return false
    const host = /^[a-z]+:\/\/([^/?#]*)/i.exec(asked.url)?.[1] ?? ''
    this.fill({ ...asked, fields: asked.upgrade ? fieldsToAsk(asked.fields, host) : asked.fields })
    return true
  }

  /** What would be decided; nothing is sent. */
  explain(): Promise<void> {
    return this.#take(async (signal) => {
      const read = readFields(this.fieldsText)
      if ('wrong' in read) throw new SwitchyardError('request-invalid', read.wrong)
      const { method, url, upgrade } = this
      const startedAt = performance.now()
      const found = await this.#connection.request(
        'route.explain',
        { method: method.trim(), url: url.trim(), fields: read.fields.map(([name, value]): [string, string] => [name, value]), upgrade },
        signal
      )
      const outcome = explainedOutcome(found, upgrade)
      this.#shown = { trace: found.trace, outcome, head: found.head, exchange: null, inMs: performance.now() - startedAt }
    })
  }

  /** What was decided on an exchange; the form has its request then. */
  showExchange(exchange: number): Promise<void> {
    return this.#take(async (signal) => {
      const [detail, trace] = await Promise.all([
        this.#connection.request('exchange.get', { exchange }, signal),
        this.#connection.request('exchange.trace', { exchange }, signal)
      ])
      this.fill(askedOf(detail))
      this.#shown = { trace, outcome: seenOutcome(detail.exchange), head: sentHead(detail), exchange, inMs: null }
    })
  }

  /** The lines of a span as they are served; null: not known (yet). */
  linesAt({ file, line, endLine }: Span): readonly { readonly number: number; readonly text: string }[] | null {
    const lines = this.#texts.get(file)
    if (lines == null) return null
    const last = Math.min(endLine, line + 3)
    return lines.slice(line - 1, last).map((text, at) => ({ number: line + at, text: text.trimEnd() }))
  }

  async #take(work: (signal: AbortSignal) => Promise<void>): Promise<void> {
    this.#ask?.abort()
    const ask = new AbortController()
    this.#ask = ask
    this.#asking = true
    try {
      await work(ask.signal)
      this.#error = null
      await this.#readTexts()
    } catch (thrown) {
      if (!isQuiet(thrown) && this.#ask === ask) {
        this.#shown = null
        this.#error = asSwitchyardError(thrown).toPlain()
      }
    } finally {
      if (this.#ask === ask) this.#asking = false
    }
  }

  /** Quotes are of what is served, not of a draft; of files that are not open, the trace has the directive. */
  async #readTexts(): Promise<void> {
    const files = new Set(this.#shown?.trace.lines.flatMap(({ span }) => (span === null ? [] : [span.file])))
    await Promise.all(
      [...files].map(async (file) => {
        const text = await this.#connection.request('config.text', { file }).catch(() => null)
        this.#texts.set(file, text?.applied?.split('\n') ?? null)
      })
    )
  }
}

function isSocket(url: string): boolean {
  return /^\s*wss?:/i.test(url)
}

function askedOf({ exchange, heads }: ExchangeDetail): Asked {
  const { scheme, host, target, method } = exchange
  const head = heads.find(({ from, stage }) => from === 'client' && stage === 'in')
  const fields = head?.fields ?? []
  const upgrade = fields.some(([name, value]) => /^upgrade$/i.test(name) && /websocket/i.test(value))
  const url = /^[a-z]+:\/\//i.test(target) ? target : `${scheme}://${host}${target}`
  return { method: method || 'GET', url, fields: fieldsToAsk(fields, host), upgrade }
}

/** The head that went to the origin, else the one that the client got. */
function sentHead({ heads }: ExchangeDetail): Explanation['head'] {
  const out = heads.filter(({ stage }) => stage === 'out')
  const head = out.find(({ from }) => from === 'client') ?? out[0]
  return head === undefined ? null : { to: head.from === 'client' ? 'origin' : 'client', startLine: head.startLine, fields: head.fields }
}
