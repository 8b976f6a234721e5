import { untrack } from 'svelte'
import { contractVersion } from '../../shared/contract.js'
import type { EventMessage, EventName, Events, Params, Replies, ReplyMessage, RequestName, ServerMessage } from '../../shared/contract.js'
import { SwitchyardError } from '../../shared/errors.js'
import type { PlainError } from '../../shared/errors.js'
import { closeCodes } from './line.js'
import type { Dial, Line } from './line.js'

/** `gone` dials again by itself; `wrongToken`, `otherVersion` and `tooSlow` wait for the user. */
export type ConnectionState = 'connecting' | 'ready' | 'gone' | 'wrongToken' | 'otherVersion' | 'tooSlow'

type Handler<Name extends EventName> = (data: Events[Name]) => void
interface Open {
  resolve(reply: Replies[RequestName]): void
  reject(error: SwitchyardError): void
}

const firstRetryMs = 250
const longestRetryMs = 5000

/**
 * The way to the host, over whichever line there is: requests and their replies, events, and whether somebody answers.
 * After a loss it dials again; views ended with the old line, and their owners open them again (`onReady`).
 */
export class Connection {
  #state = $state<ConnectionState>('connecting')
  #why = $state('')
  #readyCount = $state(0)
  #home = $state('')
  #command = $state.raw<readonly string[]>(['switchyard'])
  #data = $state.raw<readonly string[]>([])
  readonly #dial: Dial
  readonly #open = new Map<number, Open>()
  readonly #handlers = new Map<EventName, Set<Handler<never>>>()
  readonly #readyHandlers = new Set<() => void>()
  #line: Line | null = null
  #lastId = 0
  #retryMs = firstRetryMs
  #retryTimer: ReturnType<typeof setTimeout> | undefined
  #closed = false

  constructor(dial: Dial) {
    this.#dial = dial
  }

  get state(): ConnectionState {
    return this.#state
  }
  /** Why it is not ready, in a few words; empty where nobody said. */
  get why(): string {
    return this.#why
  }
  get ready(): boolean {
    return this.#state === 'ready'
  }
  /** How often it came up; more than once: the host was away. */
  get readyCount(): number {
    return this.#readyCount
  }
  /** The home folder of the engine's machine: paths are shown short by it. */
  get home(): string {
    return this.#home
  }
  /** The words that run `switchyard` in a terminal of the engine's machine. */
  get command(): readonly string[] {
    return this.#command
  }
  /** The words by which that command works in the engine's data folder; none where it does by itself. */
  get data(): readonly string[] {
    return this.#data
  }

  start(): void {
    this.#closed = false
    this.#connect()
  }
  /** Dials now, whatever it waits for. */
  retry(): void {
    clearTimeout(this.#retryTimer)
    this.#line?.close()
    this.#connect()
  }
  close(): void {
    this.#closed = true
    clearTimeout(this.#retryTimer)
    this.#line?.close()
  }

  /** Asks the host. @throws SwitchyardError of the host, `connect-failed` without one, `request-cancelled` after an abort. */
  request<Name extends RequestName>(name: Name, params: Params<Name>, signal?: AbortSignal): Promise<Replies[Name]> {
    if (this.#line === null || this.#state !== 'ready') return Promise.reject(unreachable(name))
    return this.#ask(name, params, signal)
  }

  /** Hears an event until the answer is called. */
  on<Name extends EventName>(name: Name, handler: Handler<Name>): () => void {
    const handlers = this.#handlers.get(name) ?? new Set()
    this.#handlers.set(name, handlers.add(handler))
    return () => handlers.delete(handler)
  }
  /** Called each time when the host answers, at once if it does already. */
  onReady(handler: () => void): () => void {
    this.#readyHandlers.add(handler)
    untrack(() => this.#state === 'ready' && handler())
    return () => this.#readyHandlers.delete(handler)
  }

  #connect(): void {
    if (this.#state !== 'gone') this.#state = 'connecting'
    // A line tells of its end after another took its place: only the newest is heard.
    const isCurrent = (): boolean => this.#line === line
    const line = this.#dial({
      opened: () => isCurrent() && void this.#hello(),
      message: (message) => isCurrent() && this.#heard(message),
      closed: (code, why) => isCurrent() && this.#lost(code, why)
    })
    this.#line = line
  }

  async #hello(): Promise<void> {
    try {
      const { home, command, data } = await this.#ask('hello', { version: contractVersion })
      this.#home = home
      this.#command = command
      this.#data = data
      this.#why = ''
      this.#retryMs = firstRetryMs
      this.#state = 'ready'
      this.#readyCount++
      for (const handler of [...this.#readyHandlers]) handler()
    } catch (thrown) {
      const { code, message } = thrown as SwitchyardError
      if (code === 'version-mismatch') this.#stay('otherVersion', message)
    }
  }

  #ask<Name extends RequestName>(name: Name, params: Params<Name>, signal?: AbortSignal): Promise<Replies[Name]> {
    const id = ++this.#lastId
    return new Promise((resolve, reject) => {
      if (signal?.aborted) return reject(cancelled(name))
      const giveUp = (): void => {
        this.#open.delete(id)
        this.#line?.send({ id: ++this.#lastId, request: 'cancel', params: { id } })
        reject(cancelled(name))
      }
      signal?.addEventListener('abort', giveUp, { once: true })
      const settled = (): void => signal?.removeEventListener('abort', giveUp)
      this.#open.set(id, {
        resolve: (reply) => (settled(), resolve(reply as Replies[Name])),
        reject: (error) => (settled(), reject(error))
      })
      this.#line?.send({ id, request: name, params })
    })
  }

  #heard(message: ServerMessage): void {
    if ('event' in message) this.#tell(message)
    else this.#settle(message)
  }
  #settle(message: ReplyMessage): void {
    const open = this.#open.get(message.id)
    this.#open.delete(message.id)
    if (message.ok) open?.resolve(message.reply)
    else open?.reject(fromPlain(message.error))
  }
  #tell({ event, data }: EventMessage): void {
    for (const handler of [...(this.#handlers.get(event) ?? [])]) handler(data as never)
  }

  #lost(code: number, why: string): void {
    this.#line = null
    const asked = [...this.#open.values()]
    this.#open.clear()
    for (const open of asked) open.reject(unreachable('this'))
    if (this.#closed) return
    if (code === closeCodes.wrongToken) return this.#stay('wrongToken', why)
    if (code === closeCodes.otherVersion) return this.#stay('otherVersion', why)
    if (code === closeCodes.tooSlow) return this.#stay('tooSlow', why)
    if (this.#state === 'otherVersion') return
    this.#stay('gone', why)
    this.#retryTimer = setTimeout(() => this.#connect(), this.#retryMs)
    this.#retryMs = Math.min(this.#retryMs * 2, longestRetryMs)
  }

  #stay(state: ConnectionState, why: string): void {
    this.#state = state
    this.#why = why
  }
}

/** An error as it crossed, as what is thrown here. */
export function fromPlain({ code, message, hint }: PlainError): SwitchyardError {
  return new SwitchyardError(code, message, hint === undefined ? {} : { hint })
}
/** Whether a request ended because this side gave it up, or because nobody is there: nothing to tell a user of. */
export function isQuiet(thrown: unknown): boolean {
  return thrown instanceof SwitchyardError && (thrown.code === 'request-cancelled' || thrown.code === 'connect-failed')
}

function unreachable(name: string): SwitchyardError {
  return new SwitchyardError('connect-failed', `Switchyard does not answer: ${name} was not asked.`, {
    hint: 'It is tried again by itself.'
  })
}
function cancelled(name: string): SwitchyardError {
  return new SwitchyardError('request-cancelled', `${name} was cancelled.`)
}
