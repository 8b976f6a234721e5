import type { PlainError } from './errors.js'
import type { LogEntry } from './steps.js'
import type { Activity, BodyPiece, ExchangeDetail, ViewState, ViewWindow } from './rows.js'
import type { RequestName } from './requests.js'
import type { Settings } from './settings.js'
import type { Sketch } from './site.js'
import type { Finding, Span, Trace } from './trace.js'

/**
 * The one contract between engine and capture on one side and the screens (and the command line) on the other: requests
 * with their parameters (requests.ts) and replies, and events. Parameters are checked at the edge against their schemas; replies
 * are ours and are typed only. Plain data crosses, nothing else: objects, arrays, strings, numbers, booleans, null, and
 * Uint8Array with a buffer of its own.
 */
export const contractVersion = 3

export type { Params, RequestMessage, RequestName, TextOf } from './requests.js'

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
  /** Whether it leads a WebSocket through as one. */
  readonly upgrades: boolean
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
