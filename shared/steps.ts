import type { RequestHead, ResponseHead } from './heads.js'

/**
 * The seam between a dialect and the engine: what came to pass (an {@link Outcome}) goes in, what to do next (a
 * {@link Step}) comes out, both plain data. The engine does one step at a time and tells its outcome; it contains no
 * word of any dialect, and no dialect touches a socket, a file, a clock or chance.
 */
export type Outcome =
  | { readonly was: 'start' }
  | { readonly was: 'body'; readonly read: SpooledBody }
  | { readonly was: 'head'; readonly head: ResponseHead; readonly attempt: Attempt }
  | { readonly was: 'failure'; readonly failure: Failure; readonly attempt: Attempt }
  | { readonly was: 'files'; readonly files: readonly FileFacts[] }
  | { readonly was: 'addresses'; readonly addresses: readonly string[] }
  | { readonly was: 'time' }
  | { readonly was: 'clientGone'; readonly how: 'fin' | 'rst' }

export type Step =
  /**
   * Read the request's body into memory, at most `upToBytes` (what is left stays on the wire). `continue`: a 100 to send
   * first where the client expects it. Outcome: `body`, or `failure` (cause `bodyTimedOut`, `bodyMalformed`).
   */
  | { readonly do: 'readBody'; readonly upToBytes: number; readonly continue?: ResponseHead; readonly timeouts: Timeouts }
  /**
   * Send a request to an origin and wait for the head of its answer. `head` goes out exactly as given, and its fields
   * say how the body is framed. `body`: `none`; `relay` what has been spooled, then the rest from the client as it comes;
   * `replay` the spooled body alone (complete); `after100` as relay, but only once the origin said 100.
   * `answer: 'aside'`: a subrequest; its body is drained and dropped. A new `send` drops the pending answer.
   * Outcome: `head`, `failure`, or `clientGone` where `watchClient` asks for it.
   */
  | {
      readonly do: 'send'
      readonly to: Target
      readonly head: RequestHead
      readonly body: 'none' | 'relay' | 'replay' | 'after100'
      readonly answer: 'client' | 'aside'
      readonly timeouts: Timeouts
      /** Connections with the same key may be reused and are pooled afterwards; null: a connection of its own, closed afterwards. */
      readonly reuse: PoolKey | null
      /** What a client that leaves while the origin is silent means: nothing, or an outcome `clientGone`. */
      readonly watchClient: boolean
    }
  /** A 1xx to the client, or none of it; then keep waiting for the origin's next head. */
  | { readonly do: 'interim'; readonly head: Out }
  /** Relay the pending answer: this head, then the body reframed as the head says. */
  | {
      readonly do: 'relay'
      readonly head: Out
      readonly body: RelayPolicy
      readonly requestBody: 'carryOn' | 'stop'
      readonly persist: Persist
    }
  /** Answer from here. The head says its own framing. A pending answer of an origin is dropped. */
  | { readonly do: 'respond'; readonly head: ResponseHead; readonly body: readonly BodyPart[]; readonly persist: Persist }
  /** Join both sockets; bytes pass untouched from here on. Only after an origin's answer is pending. */
  | { readonly do: 'tunnel'; readonly head: Out; readonly idle: IdlePolicy; readonly halfClose: HalfClose }
  /** Look at files: facts of each path and, where `readUpToBytes` is given, their bytes up to that. Outcome: `files`, in order. */
  | { readonly do: 'lookAt'; readonly paths: readonly string[]; readonly readUpToBytes?: number }
  /** Resolve a host name. Outcome: `addresses`, or `failure` (cause `dns`). */
  | { readonly do: 'resolve'; readonly host: string }
  /** Outcome: `time`. */
  | { readonly do: 'wait'; readonly untilUs: number }
  /** Nothing to change: keep doing what the last step began (after `clientGone`, say). */
  | { readonly do: 'carryOn' }
  /** End the client's connection without an answer. */
  | { readonly do: 'close'; readonly how: 'fin' | 'rst' | 'silent' }

/** `asReceived`: the origin's head, byte for byte. `none`: nothing is written before the body (httpd's answer to an HTTP/1.0 client that upgraded). */
export type Out = ResponseHead | 'asReceived' | 'none'

/** A part of a body that the dialect answers itself with. */
export type BodyPart = Uint8Array | FileRange
export interface FileRange {
  readonly path: string
  readonly fromByte: number
  readonly bytes: number
}

/** An origin server. `host` and `port` are what the config names: a `--map` changes the address connected to, nothing else. */
export interface Target {
  readonly host: string
  readonly port: number
  /** A Unix socket instead of host and port. */
  readonly path?: string
  readonly tls: OriginTls | null
}

/** How to speak TLS to an origin. Checks are named one by one, since servers switch them one by one. */
export interface OriginTls {
  /** SNI; null: none is sent. */
  readonly serverName: string | null
  /** The name the certificate must carry; null: not checked. */
  readonly checkName: string | null
  /** Chain to `caFile` (PEM path), or null: the chain is not verified. */
  readonly verify: { readonly caFile: string; readonly depth: number } | null
  readonly checkExpiry: boolean
  /** Client certificate, as PEM paths. */
  readonly certificate: { readonly certFile: string; readonly keyFile: string } | null
  readonly alpn: readonly string[]
  /** Whether an IP address entry of the certificate satisfies `checkName` (httpd: no, nginx: yes). */
  readonly addressNames: boolean
  readonly minVersion?: TlsVersion
  readonly maxVersion?: TlsVersion
  readonly ciphers?: string
}
/** As a `caFile`: the authorities that the runtime brings along, for systems that keep no bundle of theirs in a file. */
export const runtimeRoots = ':runtime-roots:'
export type TlsVersion = 'TLSv1' | 'TLSv1.1' | 'TLSv1.2' | 'TLSv1.3'

export type PoolKey = string

/** Milliseconds; 0 means never. */
export interface Timeouts {
  readonly connectMs: number
  /** From the request's end (or the last byte sent) to the answer's head. */
  readonly headMs: number
  /** Longest silence between two reads of a body. */
  readonly readMs: number
  /** Longest time that a write may wait for its peer. */
  readonly sendMs: number
  /** Longest silence of the client while its body is relayed. Absent: `readMs`. */
  readonly bodyMs?: number
}

export interface RelayPolicy {
  /** What a client sees of a body that stops early: httpd and nginx both close the connection. */
  readonly cutShort: 'close' | 'reset'
  /** Drop the body (an answer to HEAD that has one, an answer replaced). */
  readonly discard?: boolean
  /** Only this stretch of the body (a Range that the proxy satisfies itself). */
  readonly range?: { readonly fromByte: number; readonly bytes: number }
}

/** Whether the client's connection goes on after this answer, and how long it may then stay silent. */
export interface Persist {
  readonly keep: boolean
  readonly idleMs: number
  /** Longest time for the next head once its first byte came. 0: none. */
  readonly headMs: number
}

/** An idle tunnel is closed (FIN to both) after `ms` without a byte in the directions that count. 0: never. */
export interface IdlePolicy {
  readonly ms: number
  readonly counts: 'either' | 'fromClient' | 'fromServer'
}
export interface HalfClose {
  readonly fromClient: 'pass' | 'end'
  readonly fromServer: 'pass' | 'end'
}

/** The spooled part of a request's body, unframed. `complete`: nothing is left on the wire. */
export interface SpooledBody {
  readonly bytes: number
  readonly complete: boolean
}

export interface FileFacts {
  readonly path: string
  readonly kind: 'file' | 'directory' | 'other' | 'missing' | 'denied'
  readonly bytes: number
  readonly mtimeMs: number
  /** Inode, for entity tags. */
  readonly inode: number
  readonly content?: Uint8Array
}

/** One try at an origin. Times are µs since the epoch, 0 where it did not come to that. */
export interface Attempt {
  readonly target: Target
  /** Address and port connected to, after names, maps and pools. Empty where none was reached. */
  readonly address: string
  readonly reused: boolean
  readonly status: number
  readonly bytesSent: number
  readonly bytesReceived: number
  readonly startedAtUs: number
  readonly connectedAtUs: number
  readonly headAtUs: number
  /** When its answer was whole or it failed; 0 or absent while it goes on. Log lines name it (`$upstream_response_time`). */
  readonly endedAtUs?: number
  /** Whether the request's body, if any, can be sent once more: it is spooled whole, or not a byte of it has gone. */
  readonly bodyReplayable: boolean
  /** Whether the request was written to its end, body and all. */
  readonly requestSent: boolean
}

export const failureCauses = [
  'refused',
  'unreachable',
  'connectTimedOut',
  'headTimedOut',
  'readTimedOut',
  'sendTimedOut',
  'bodyTimedOut', // the client's body stalled
  'bodyMalformed', // the client's chunking is broken
  'bodyCutShort', // the client left in the middle of its body
  'closedEarly', // the origin closed or reset before a whole head
  'notHttp',
  'headTooLong',
  'dns',
  'tls',
  'badTarget'
] as const
export type FailureCause = (typeof failureCauses)[number]

export const tlsChecks = [
  'untrusted', // the chain does not end in a known authority
  'selfSigned',
  'expired',
  'notYetValid',
  'wrongName',
  'protocol', // no version or cipher in common, or the other side does not speak TLS
  'alert', // the other side refused us
  'certificateFile' // one of our own files cannot be read
] as const
export type TlsCheck = (typeof tlsChecks)[number]

export interface Failure {
  readonly cause: FailureCause
  /** Which check, where cause is `tls`; `alert` also where the other side refused us behind the handshake (RFC 8446 §4.4.2). */
  readonly check?: TlsCheck
  /** Plain words for a log: what failed, on what. */
  readonly message: string
  /** The system's code, `ECONNREFUSED` and the like, where there is one. */
  readonly systemCode?: string
  /** Bytes received that are not HTTP, for servers that pass them on (at most 64 KiB). */
  readonly received?: Uint8Array
}

/** What an exchange came to, told once at its end. */
export interface Account {
  readonly status: number
  readonly startedAtUs: number
  readonly endedAtUs: number
  readonly requestBytes: number
  readonly responseBytes: number
  /** Bytes of the answer's body as sent to the client, without head and framing (`%b`, `$body_bytes_sent`). */
  readonly responseBodyBytes?: number
  readonly attempts: readonly Attempt[]
  readonly tunnel: TunnelAccount | null
  /** What broke an answer that was being relayed: too late for an outcome, not for the log. */
  readonly failure?: Failure
  /** How it ended. */
  readonly ended: 'complete' | 'clientGone' | 'originGone' | 'timedOut' | 'idle' | 'stopped' | 'failed'
}
export interface TunnelAccount {
  readonly openedAtUs: number
  readonly bytesFromClient: number
  readonly bytesFromServer: number
  readonly framesFromClient: number
  readonly framesFromServer: number
  /** Close codes seen, 0 where none was (RFC 6455 §7.4). */
  readonly closeFromClient: number
  readonly closeFromServer: number
  /** The side whose TCP stream ended first, whoever sent the first Close frame. */
  readonly endedBy: 'client' | 'server' | 'idle' | 'stopped'
}

/** What a dialect wants done at the very end: lines for the log. */
export interface Closing {
  readonly log: readonly LogEntry[]
}
export interface LogEntry {
  readonly level: 'error' | 'warning' | 'info' | 'debug'
  /** `server`: as the real server would log it; `switchyard`: our own word. */
  readonly source: 'server' | 'access' | 'switchyard'
  /** Stable code: AH01114, `origin-refused`, … */
  readonly code: string
  readonly message: string
}
export const nothingToLog: Closing = { log: [] }
