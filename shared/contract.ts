import * as v from 'valibot'
import type { PlainError } from './errors.js'
import type { LogEntry } from './steps.js'
import type { BodyPiece, ExchangeDetail, ViewState, ViewWindow } from './rows.js'
import type { Finding, Trace } from './trace.js'

/**
 * The one contract between engine and capture on one side and the screens (and the command line) on the other: requests
 * with their parameters and replies, and events. Parameters are checked at the edge against the schemas below; replies
 * are ours and are typed only. Plain data crosses, nothing else: objects, arrays, strings, numbers, booleans, null, and
 * Uint8Array with a buffer of its own.
 */
export const contractVersion = 1

const none = v.strictObject({})
const id = v.pipe(v.number(), v.integer(), v.minValue(0), v.maxValue(2 ** 32))
const count = v.pipe(v.number(), v.integer(), v.minValue(0), v.maxValue(1000))
const row = v.pipe(v.number(), v.integer(), v.minValue(0), v.maxValue(2 ** 40))
const text = v.pipe(v.string(), v.maxLength(4096))
const path = v.pipe(v.string(), v.minLength(1), v.maxLength(4096))
const side = v.picklist(['client', 'server'])
const bytes = v.pipe(v.number(), v.integer(), v.minValue(0), v.maxValue(65_536))
const viewId = id

/** Parameters of every request, by name. A request that is not listed here does not exist. */
export const requestSchemas = {
  /** Said first by both sides. Another version is told to reload. */
  hello: v.strictObject({ version: v.number() }),
  status: none,
  'run.start': none,
  'run.stop': none,
  'config.get': none,
  'config.reload': none,
  'config.check': v.strictObject({ files: v.pipe(v.array(path), v.maxLength(64)) }),
  'view.open': v.strictObject({
    kind: v.picklist(['exchanges', 'frames', 'logs']),
    /** The exchange, where kind is `frames`. */
    of: v.optional(id),
    filter: text,
    order: v.optional(v.strictObject({ by: v.pipe(v.string(), v.maxLength(32)), descending: v.boolean() }))
  }),
  'view.window': v.strictObject({ view: viewId, first: row, count }),
  'view.indexOf': v.strictObject({ view: viewId, row }),
  'view.find': v.strictObject({ view: viewId, text, from: row, towards: v.picklist(['later', 'earlier']) }),
  'view.ack': v.strictObject({ view: viewId }),
  'view.close': v.strictObject({ view: viewId }),
  'exchange.get': v.strictObject({ exchange: id }),
  'exchange.trace': v.strictObject({ exchange: id }),
  'frame.body': v.strictObject({
    exchange: id,
    from: side,
    number: row,
    form: v.picklist(['wire', 'unmasked', 'inflated']),
    offset: row,
    length: bytes
  }),
  'http.body': v.strictObject({ exchange: id, from: side, offset: row, length: bytes }),
  'capture.clear': none,
  'capture.sessions': none,
  'tunnel.close': v.strictObject({ exchange: id }),
  'authorities.list': none,
  /** Gives up on a request that was sent before. Its reply is the error `request-cancelled`. */
  cancel: v.strictObject({ id })
} as const satisfies Record<string, v.GenericSchema>

export type RequestName = keyof typeof requestSchemas
export type Params<Name extends RequestName> = v.InferOutput<(typeof requestSchemas)[Name]>

export interface Replies {
  hello: { version: number; product: string }
  status: Status
  'run.start': Status
  'run.stop': Status
  'config.get': ConfigFacts
  'config.reload': ConfigFacts
  'config.check': { findings: readonly Finding[] }
  'view.open': ViewState
  'view.window': ViewWindow
  'view.indexOf': { index: number | null }
  'view.find': { index: number | null }
  'view.ack': null
  'view.close': null
  'exchange.get': ExchangeDetail
  'exchange.trace': Trace
  'frame.body': BodyPiece
  'http.body': BodyPiece
  'capture.clear': { session: string }
  'capture.sessions': { sessions: readonly SessionFacts[] }
  'tunnel.close': null
  'authorities.list': { authorities: readonly AuthorityFacts[]; broken: readonly (PlainError & { readonly name: string })[] }
  cancel: null
}

export interface Events {
  status: Status
  /** Rows of a view came or changed. The next tick waits for `view.ack`. */
  'view.tick': ViewState
  log: LogEntry & { atUs: number; exchange: number; connection: number }
  counts: Counts
  /** A thread died; the host ends. */
  failed: PlainError
}
export type EventName = keyof Events

export interface Status {
  readonly state: 'stopped' | 'starting' | 'running' | 'failed'
  /** Why it is not running; while it runs, why the last config was not taken. */
  readonly error: PlainError | null
  /** Findings of a config that was not taken: what stands in the way, with its lines. Empty once one is. */
  readonly refused: readonly Finding[]
  readonly listeners: readonly ListenerFacts[]
  /** What is served, or was last. */
  readonly config: ConfigFacts | null
  readonly capture: { readonly session: string; readonly file: string } | null
  readonly counts: Counts
}
export interface ListenerFacts {
  readonly url: string
  readonly address: string
  readonly port: number
  readonly tls: boolean
  /** As the config has it. */
  readonly production: { readonly address: string; readonly port: number }
  /** Reachable from other machines. */
  readonly exposed: boolean
}
export interface ConfigFacts {
  readonly dialect: string
  readonly generation: number
  readonly files: readonly string[]
  readonly names: readonly string[]
  readonly findings: readonly Finding[]
  /** Directives that change routing and are left out. */
  readonly leftOut: number
}
export interface Counts {
  readonly connections: number
  readonly openConnections: number
  readonly exchanges: number
  readonly openExchanges: number
  readonly tunnels: number
  readonly openTunnels: number
  readonly failures: number
  readonly missedRecords: number
  readonly missedBytes: number
}
export interface SessionFacts {
  readonly name: string
  readonly file: string
  readonly bytes: number
  readonly startedAtMs: number
  readonly locked: boolean
}
/** A local authority and who trusts it. Times are ISO 8601. */
export interface AuthorityFacts {
  readonly name: string
  readonly certFile: string
  /** What it may issue for: each name with everything below it. */
  readonly names: readonly string[]
  /** `127.0.0.0/8`, `::1`. */
  readonly addresses: readonly string[]
  readonly notBefore: string
  readonly notAfter: string
  readonly fingerprint256: string
  readonly trust: readonly {
    readonly store: string
    readonly label: string
    readonly usedBy: string
    readonly state: 'trusted' | 'absent' | 'unknown'
  }[]
}

/** How a request travels. Ids are the asker's own, and may be reused once answered. */
export interface RequestMessage<Name extends RequestName = RequestName> {
  readonly id: number
  readonly request: Name
  readonly params: Params<Name>
}
export type ReplyMessage =
  | { readonly id: number; readonly ok: true; readonly reply: Replies[RequestName] }
  | { readonly id: number; readonly ok: false; readonly error: PlainError }
export type EventMessage = { [Name in EventName]: { readonly event: Name; readonly data: Events[Name] } }[EventName]
export type ServerMessage = ReplyMessage | EventMessage
/** The last message of a MessagePort, which has no close codes of its own: those of a WebSocket (host/control/transport.ts). */
export interface ClosedMessage {
  readonly closed: number
  readonly why: string
}

const messageShape = v.strictObject({
  id: v.pipe(v.number(), v.integer(), v.minValue(0), v.maxValue(2 ** 32)),
  request: v.picklist(Object.keys(requestSchemas) as [RequestName, ...RequestName[]]),
  params: v.unknown()
})

/** Reads what came over a transport. A string says what is wrong with it, and `id` which request it was, where that can be told. */
export function parseRequest(message: unknown): RequestMessage | { readonly id: number | null; readonly wrong: string } {
  const shape = v.safeParse(messageShape, message)
  if (!shape.success) return { id: idOf(message), wrong: sayIssue(shape.issues[0]) }
  const { id: asked, request, params } = shape.output
  const parsed = v.safeParse(requestSchemas[request], params)
  if (!parsed.success) return { id: asked, wrong: `${request}: ${sayIssue(parsed.issues[0])}` }
  return { id: asked, request, params: parsed.output }
}

function idOf(message: unknown): number | null {
  const asked = typeof message === 'object' && message !== null && 'id' in message ? message.id : null
  return typeof asked === 'number' && Number.isSafeInteger(asked) && asked >= 0 ? asked : null
}

function sayIssue(issue: v.BaseIssue<unknown>): string {
  const at = v.getDotPath(issue)
  return at === null ? issue.message : `${at}: ${issue.message}`
}
