import * as v from 'valibot'
import type { PlainError } from './errors.js'
import type { LogEntry } from './steps.js'
import type { Activity, BodyPiece, ExchangeDetail, ViewState, ViewWindow } from './rows.js'
import { settingsSchema, type Settings } from './settings.js'
import type { Sketch } from './site.js'
import type { Finding, Span, Trace } from './trace.js'

/**
 * The one contract between engine and capture on one side and the screens (and the command line) on the other: requests
 * with their parameters and replies, and events. Parameters are checked at the edge against the schemas below; replies
 * are ours and are typed only. Plain data crosses, nothing else: objects, arrays, strings, numbers, booleans, null, and
 * Uint8Array with a buffer of its own.
 */
export const contractVersion = 3

const none = v.strictObject({})
const id = v.pipe(v.number(), v.integer(), v.minValue(0), v.maxValue(2 ** 32))
const count = v.pipe(v.number(), v.integer(), v.minValue(0), v.maxValue(1000))
const row = v.pipe(v.number(), v.integer(), v.minValue(0), v.maxValue(2 ** 40))
const text = v.pipe(v.string(), v.maxLength(4096))
const path = v.pipe(v.string(), v.minLength(1), v.maxLength(4096))
const name = v.pipe(v.string(), v.minLength(1), v.maxLength(255))
const side = v.picklist(['client', 'server'])
const bytes = v.pipe(v.number(), v.integer(), v.minValue(0), v.maxValue(65_536))
const port = v.pipe(v.number(), v.integer(), v.minValue(0), v.maxValue(65_535))
const viewId = id
/** A config's text as it is edited. Larger files are opened to look at only. */
export const maxDraftChars = 4 * 1024 * 1024
const draftText = v.pipe(v.string(), v.maxLength(maxDraftChars))
/** SHA-256 of a file's bytes, hex: what a save found on the disk when it was opened. */
const hash = v.pipe(v.string(), v.regex(/^[0-9a-f]{64}$/))
const textOf = v.union([
  v.literal('refused'),
  v.strictObject({ generation: id }),
  v.strictObject({ exchange: id, session: v.optional(name) })
])
const place = v.strictObject({ address: text, port, tls: v.boolean() })

/** Parameters of every request, by name. A request that is not listed here does not exist. */
export const requestSchemas = {
  /** Said first by both sides. Another version is told to reload. */
  hello: v.strictObject({ version: v.number() }),
  status: none,
  /** Whether anybody sees this screen: one that is hidden is told no counts. Answers those of now. A new screen is seen. */
  'counts.want': v.strictObject({ wanted: v.boolean() }),
  /** Serves again what was stopped. `lenient`: without the directives that change routing and are not modelled. */
  'run.start': v.strictObject({ lenient: v.optional(v.boolean()) }),
  'run.stop': none,

  // ── configs: on disk, draft, applied, and what older tunnels still have (ui/DECISIONS.md) ──
  'config.get': none,
  /** Reads these files, several of one kind as one site, and serves them. Drafts of them that are kept come back. */
  'config.open': v.strictObject({ files: v.pipe(v.array(path), v.minLength(1), v.maxLength(64)), lenient: v.optional(v.boolean()) }),
  /** Opens a text that stands in no file here, as a browser has it of a dropped one: a draft in the data folder, without its includes. */
  'config.openText': v.strictObject({ name, text: draftText }),
  /**
   * Serves routes that stand in no file, each as `--route` has it; none: the demo. `listen` is, by default, 127.0.0.1 on 8080
   * and, over TLS, 8443; of the demo, 8443 alone.
   */
  'config.openRoutes': v.strictObject({
    routes: v.pipe(v.array(text), v.maxLength(64)),
    listen: v.optional(v.pipe(v.array(place), v.maxLength(16)))
  }),
  /** Every file of the config, included ones too, with what differs. */
  'config.files': none,
  /** The texts of one file: on disk, draft, applied. */
  'config.text': v.strictObject({ file: path }),
  /**
   * The text of a file as another config had it than the one that is edited: that of a generation of this run, that which decided an
   * exchange, or the last that was refused.
   */
  'config.textOf': v.strictObject({ file: path, of: textOf }),
  /** Keeps a draft, over a restart too; the text of the disk takes it away. */
  'config.edit': v.strictObject({ file: path, text: draftText }),
  /** What the drafts as they are would be told; `files`: other files instead, that are not served. */
  'config.check': v.strictObject({ files: v.optional(v.pipe(v.array(path), v.maxLength(64))) }),
  /** Serves the drafts; nothing is written to the config's files. */
  'config.apply': v.strictObject({ lenient: v.optional(v.boolean()) }),
  /** Writes a draft to its file, or another. `base`: the disk text that it was made from; another one there is refused (`config-changed`). */
  'config.save': v.strictObject({ file: path, as: v.optional(path), base: v.nullable(hash) }),
  /** Drops a draft: the text of the disk, or the one that is served, stands there again. */
  'config.revert': v.strictObject({ file: path, to: v.picklist(['disk', 'applied']) }),
  /** The files read anew from the disk; drafts stay drafts. */
  'config.reload': none,
  /** Hosts and routes of what is served. */
  'config.outline': none,
  /** How it is served here; what is left out stays as it is. Serves anew what is served; for a config that was refused it is kept. */
  'config.options': v.partial(
    v.strictObject({
      ports: v.pipe(v.array(v.tuple([port, port])), v.maxLength(64)),
      /** `NAME[:PORT]=ADDR:PORT`, as `--map` takes them. */
      maps: v.pipe(v.array(text), v.maxLength(256)),
      expose: v.boolean()
    })
  ),
  /** Whether somebody listens there, asked once. */
  'backend.probe': v.strictObject({ host: name, port, tls: v.boolean() }),
  /** What would be decided on a request, without sending anything. */
  'route.explain': v.strictObject({
    method: v.pipe(v.string(), v.regex(/^[!#$%&'*+.^_`|~0-9A-Za-z-]{1,64}$/)),
    /** Absolute: scheme, host and port choose the listener and the Host field. */
    url: v.pipe(v.string(), v.maxLength(16_384)),
    fields: v.pipe(v.array(v.tuple([name, v.pipe(v.string(), v.maxLength(65_536))])), v.maxLength(200)),
    upgrade: v.boolean()
  }),
  /** Folders and files of the machine that the engine runs on: for a browser, which has no dialog of that machine. */
  'files.list': v.strictObject({ folder: v.nullable(path) }),

  'view.open': v.strictObject({
    kind: v.picklist(['exchanges', 'frames', 'logs']),
    /** The exchange, where kind is `frames`. */
    of: v.optional(id),
    filter: text,
    /** Frames that only keep a tunnel open are left out, and counted. */
    hide: v.optional(v.literal('heartbeats')),
    /** An older session to look at, by its name. Default: the one that is written. */
    session: v.optional(name),
    order: v.optional(v.strictObject({ by: v.pipe(v.string(), v.maxLength(32)), descending: v.boolean() }))
  }),
  'view.window': v.strictObject({ view: viewId, first: row, count }),
  /** Where rows stand, by their ids; as many as a window may have. */
  'view.indexOf': v.strictObject({ view: viewId, rows: v.pipe(v.array(row), v.maxLength(1000)) }),
  /** The next row that contains the text; null: that something went wrong with. */
  'view.find': v.strictObject({ view: viewId, text: v.nullable(text), from: row, towards: v.picklist(['later', 'earlier']) }),
  'view.ack': v.strictObject({ view: viewId }),
  'view.close': v.strictObject({ view: viewId }),
  'exchange.get': v.strictObject({ exchange: id, session: v.optional(name) }),
  'exchange.trace': v.strictObject({ exchange: id, session: v.optional(name) }),
  /** Pictures of exchanges over their own life, or over what there is of it. */
  'exchange.activity': v.strictObject({
    exchanges: v.pipe(v.array(id), v.maxLength(100)),
    bins: v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(96)),
    session: v.optional(name)
  }),
  'frame.body': v.strictObject({
    exchange: id,
    session: v.optional(name),
    from: side,
    number: row,
    form: v.picklist(['wire', 'unmasked', 'inflated']),
    offset: row,
    length: bytes
  }),
  'http.body': v.strictObject({ exchange: id, from: side, offset: row, length: bytes, session: v.optional(name) }),
  /** Exchanges with their frames as NDJSON, as `switchyard export` writes them, into a file of that machine; one that is there is replaced only where it is said. */
  'capture.export': v.strictObject({
    exchanges: v.pipe(v.array(id), v.maxLength(10_000)),
    file: path,
    replace: v.optional(v.boolean()),
    session: v.optional(name)
  }),
  /** Begins a new session; the old one stays until retention takes it. */
  'capture.clear': none,
  /** Traffic goes on, nothing is stored. */
  'capture.pause': v.strictObject({ paused: v.boolean() }),
  'capture.sessions': none,
  /** Deletes an earlier session for good. */
  'capture.delete': v.strictObject({ session: name }),
  'tunnel.close': v.strictObject({ exchange: id }),
  'authorities.list': none,
  /** Puts an authority into a trust store of the engine's machine, or takes it out. A failure says the command to run by hand. */
  'authorities.trust': v.strictObject({ authority: name, store: name, trusted: v.boolean() }),
  'settings.get': none,
  'settings.set': v.partial(settingsSchema),
  /** Gives up on a request that was sent before. Its reply is the error `request-cancelled`. */
  cancel: v.strictObject({ id })
} as const satisfies Record<string, v.GenericSchema>

export type RequestName = keyof typeof requestSchemas
export type Params<Name extends RequestName> = v.InferOutput<(typeof requestSchemas)[Name]>

/** Which config a place in a text is of. */
export type TextOf = Params<'config.textOf'>['of']

export interface Replies {
  /**
   * `command`: the words that run `switchyard` in a terminal of that machine, each to be quoted as its shell wants it. `data`: those that
   * name it this data folder, `--data DIR`; none where it looks there by itself.
   */
  hello: { version: number; product: string; home: string; command: readonly string[]; data: readonly string[] }
  status: Status
  'counts.want': Counts
  'run.start': Status
  'run.stop': Status
  'config.get': ConfigFacts
  'config.open': ConfigFacts
  'config.openText': ConfigFacts
  'config.openRoutes': ConfigFacts
  /** `options`: how it is served here, or will be; `served`: the open config was taken. One that was refused is open, and another may be served meanwhile. */
  'config.files': { files: readonly ConfigFile[]; options: ConfigOptions | null; served: boolean }
  'config.text': ConfigText
  /** `text`: null where it is not kept, or the file was none of that config. `generation`: null of a refused one. */
  'config.textOf': { text: string | null; generation: number | null }
  'config.edit': ConfigFile
  /** `sketch`: where it would listen and what it would do there, refused or not; null where the text is no config yet. */
  'config.check': { findings: readonly Finding[]; sketch: Sketch | null }
  'config.apply': ConfigFacts
  'config.save': ConfigFile
  'config.revert': ConfigText
  'config.reload': ConfigFacts
  'config.outline': { hosts: readonly OutlineHost[] }
  /** null: it is not served, and will be so with the next apply. */
  'config.options': ConfigFacts | null
  'backend.probe': { reachable: boolean; ms: number; why: string | null }
  'route.explain': Explanation
  'files.list': { folder: string; parent: string | null; entries: readonly FileEntry[] }
  'view.open': ViewState
  'view.window': ViewWindow
  /** In the order of `rows`; null: not in the list. */
  'view.indexOf': { indexes: readonly (number | null)[] }
  'view.find': { index: number | null }
  'view.ack': null
  'view.close': null
  'exchange.get': ExchangeDetail
  'exchange.trace': Trace
  'exchange.activity': { activity: readonly Activity[] }
  'frame.body': BodyPiece
  'http.body': BodyPiece
  'capture.export': { file: string; exchanges: number }
  'capture.clear': { session: string }
  'capture.pause': Status
  'capture.sessions': { sessions: readonly SessionFacts[] }
  'capture.delete': null
  'tunnel.close': null
  'authorities.list': { authorities: readonly AuthorityFacts[]; broken: readonly (PlainError & { readonly name: string })[] }
  'authorities.trust': { outcome: 'done' | 'already' }
  'settings.get': Settings
  'settings.set': Settings
  cancel: null
}

export interface Events {
  status: Status
  /** Rows of a view came or changed. The next tick waits for `view.ack`. */
  'view.tick': ViewState
  log: LogEntry & { atUs: number; exchange: number; connection: number }
  counts: Counts
  /** A file of the config changed on the disk, or a draft changed in another window. */
  'config.changed': { readonly file: string }
  /** An earlier session is gone, and every view of it. */
  'capture.deleted': { readonly session: string }
  settings: Settings
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
  /** null: it is off in this run. `trouble`: why nothing can be written just now. */
  readonly capture: {
    readonly session: string
    readonly file: string
    readonly paused: boolean
    readonly trouble: string | null
    /** How long nothing was written to it, paused or in trouble, before the last time that writing went on. */
    readonly unwrittenMs: number
  } | null
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
  /** When it was applied. */
  readonly appliedAtMs: number
  /** What was opened: files, in order; empty for routes and the demo. */
  readonly opened: readonly string[]
  /** Every file that was read, included ones too. */
  readonly files: readonly string[]
  readonly names: readonly string[]
  readonly findings: readonly Finding[]
  /** Directives that change routing and are left out. */
  readonly leftOut: number
  readonly options: ConfigOptions
  /** Tunnels that still have an older config, by its generation. */
  readonly older: readonly { readonly generation: number; readonly tunnels: number }[]
}
export interface ConfigOptions {
  readonly lenient: boolean
  readonly ports: readonly (readonly [production: number, here: number])[]
  readonly maps: readonly string[]
  readonly expose: boolean
}
/** What differs between the texts of a file of the config. */
export interface ConfigFile {
  readonly file: string
  /** Named when the config was opened, not included by another. */
  readonly root: boolean
  /** The draft is not what the disk has: `applied, not on disk` where it is served. */
  readonly edited: boolean
  /** There is no file of it yet, just the draft: a quick route, or what was dropped on a browser's page. */
  readonly isNew: boolean
  /** What is served is not what would be applied now. */
  readonly unapplied: boolean
  /** The disk's text is another than when the draft was begun, or than what is served. */
  readonly changedOnDisk: boolean
  readonly writable: boolean
}
export interface ConfigText extends ConfigFile {
  /** What an editor shows: the draft, else the disk's. Lines end with LF; a save keeps encoding and line ends of the file. */
  readonly text: string
  readonly onDisk: string | null
  readonly applied: string | null
  /** Of the disk's bytes; null: the file is gone. */
  readonly base: string | null
  readonly encoding: 'utf-8' | 'latin1'
  readonly lineEnds: 'lf' | 'crlf'
}
export interface OutlineHost {
  readonly name: string
  readonly listens: readonly string[]
  readonly at: Span | null
  readonly routes: readonly OutlineRoute[]
}
export interface OutlineRoute {
  /** `/ws/`, as the directive has it. */
  readonly match: string
  /** Where it leads: an origin's URL, a folder, `redirect to …`, `not proxied`. */
  readonly to: string
  readonly at: Span | null
}
/** A decision on a request that was not sent. */
export interface Explanation {
  readonly trace: Trace
  /** What would be done next, in one sentence: `sent to ws://127.0.0.1:3000/ws/ as an upgrade`. */
  readonly outcome: string
  /** The head that would go to the origin, or to the client where it is answered here. */
  readonly head: {
    readonly to: 'origin' | 'client'
    readonly startLine: string
    readonly fields: readonly (readonly [string, string])[]
  } | null
}
export interface FileEntry {
  readonly name: string
  readonly kind: 'file' | 'directory'
  readonly bytes: number
}
export interface Counts {
  readonly connections: number
  readonly openConnections: number
  /**
   * Of the session that is written, as the list of exchanges has them, whatever was stopped and started meanwhile; without capture
   * since the last start, as the other counts.
   */
  readonly exchanges: number
  readonly openExchanges: number
  readonly tunnels: number
  readonly openTunnels: number
  readonly failures: number
  readonly missedRecords: number
  readonly missedBytes: number
  /** On the disk, of the session that is written, with what stands beside its database. */
  readonly captureBytes: number
  /** Bytes that clients sent, and that they were sent, over all connections. */
  readonly bytesFromClients: number
  readonly bytesToClients: number
}
export interface SessionFacts {
  readonly name: string
  readonly file: string
  readonly bytes: number
  readonly startedAtMs: number
  /** A running Switchyard writes it, this one or another. */
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
