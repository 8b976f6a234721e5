import type { OutlineHost } from './contract.js'
import type { HeadFault, RequestHead, WirePolicy } from './heads.js'
import type { Account, Closing, Outcome, Persist, Step, TlsCheck, TlsVersion } from './steps.js'
import type { Decision, Finding, Trace } from './trace.js'

/** What a config makes: routes, listeners and certificates of one generation. Opened by a dialect, driven by the engine. */
export interface Site {
  readonly dialect: DialectName
  /** Which config this is. Exchanges and tunnels keep theirs over a reload. */
  readonly generation: number
  readonly state: SiteState
  readonly listeners: readonly ListenerSpec[]
  readonly findings: readonly Finding[]
  /** Names this site serves (`*` patterns among them): what a local authority must cover, what a Location may be mapped for. */
  readonly names: readonly string[]
  /** What the ids of a Decision mean, by id, so that a capture can still say them later (ConfigNote in records.ts). */
  readonly directives?: readonly DirectiveText[]
  secure(arrival: Arrival, hello: ClientHello): TlsSpec | TlsRefusal
  /** A TLS handshake that failed is logged as the server logs it. */
  refused(arrival: Arrival, failure: TlsFailure): Closing
  open(arrival: Arrival, head: RequestHead | HeadFault): Exchange
  /** Hosts and their routes, when somebody looks. */
  outline?(): readonly OutlineHost[]
  /** The words for a decision, when somebody looks; cost nothing before. */
  trace(decision: Decision, request: RequestHead | null): Trace
}

export interface DirectiveText {
  readonly text: string
  readonly file: string
  readonly line: number
}

export type DialectName = 'apache' | 'nginx' | 'native'

/**
 * What outlives an exchange: a worker in error until `retry`, balancer counts, resolved names. Each dialect has its own
 * shape; a reload hands it to the next site, which takes over what the real server would. Never a module variable.
 */
export interface SiteState {
  readonly dialect: DialectName
}

/** One request and its answer, decided step by step. `atUs` is µs since the epoch. */
export interface Exchange {
  next(outcome: Outcome, atUs: number): Step
  /** Told exactly once, whatever came of it. */
  end(account: Account, atUs: number): Closing
  decision(): Decision
}

export interface ListenerSpec {
  /** As the config says: `0.0.0.0`, `::`, `*` (both), `127.0.0.1`, a production address. */
  readonly address: string
  readonly port: number
  /** `look`: TLS when the first bytes are a ClientHello, else plain (a TLS port answers plain requests as its server does). */
  readonly tls: boolean
  readonly wire: WirePolicy
  /** How long a new connection may stay silent, and how long its first head may take. */
  readonly first: Persist
}

/** How a request came. */
export interface Arrival {
  readonly listener: ListenerSpec
  /** The production port and address, as the config must see them (mapped or not). */
  readonly address: string
  readonly port: number
  readonly client: { readonly address: string; readonly port: number }
  readonly tls: TlsFacts | null
  readonly connection: number
  /** The request's number on its connection, from 1. */
  readonly request: number
  /** A source of chance, 0 ≤ x < 1; given, so that a playbook repeats exactly. */
  readonly chance: () => number
}
export interface TlsFacts {
  readonly serverName: string | null
  readonly protocol: string
  readonly cipher: string
  readonly alpn: string | null
  readonly clientCertificate: { readonly subject: string; readonly verified: boolean } | null
}

/** RFC 8446 §4.1.2, as far as a site decides by it. */
export interface ClientHello {
  readonly serverName: string | null
  readonly alpn: readonly string[]
}

/** How to meet one client's TLS. Equal specs share one context. */
export interface TlsSpec {
  readonly certificate: CertificateRef
  readonly alpn: readonly string[]
  readonly minVersion: TlsVersion
  readonly maxVersion: TlsVersion
  readonly ciphers: string | null
  readonly clientCertificates: 'none' | 'ask' | 'require'
  /** PEM path of the authorities that client certificates are checked against. */
  readonly clientCaFile: string | null
}
/** By reference: who issues and caches is not the site's matter. */
export type CertificateRef =
  | { readonly from: 'files'; readonly certFile: string; readonly keyFile: string; readonly chainFile?: string }
  /** Issued by a local authority for the name asked (else for `names[0]`). */
  | { readonly from: 'local'; readonly names: readonly string[] }
export interface TlsRefusal {
  readonly refuse: 'alert' | 'close'
  readonly why: string
}
export interface TlsFailure {
  readonly check: TlsCheck
  readonly message: string
  readonly serverName: string | null
}

/** A server's language: its config read into a site. One folder of `main/dialects/` each. */
export interface Dialect {
  readonly name: DialectName
  /** 0…1: how sure this dialect is that a text is its own. */
  detect(text: string, path: string): number
  load(sources: readonly ConfigSource[], host: ConfigHost, options: LoadOptions, previous?: SiteState): Loaded
}
export interface ConfigSource {
  readonly path: string
  readonly text: string
}
/** Asked while the config is read, never later. Paths are absolute. */
export interface ConfigHost {
  /** The file's text (latin1), or null where it cannot be read. */
  readFile(path: string): string | null
  /** What a path is. */
  stat(path: string): 'file' | 'directory' | 'missing'
  /** Paths that match, sorted as the real server sorts them. */
  glob(pattern: string): readonly string[]
  environment(name: string): string | undefined
  /** Whether a certificate and key, and the chain if one is named, load and belong together; else what is wrong, in plain words. */
  checkCertificate(certFile: string, keyFile: string, chainFile?: string): string | null
}
export interface LoadOptions {
  readonly generation: number
  /** `-D NAME[=VALUE]`. */
  readonly defines: ReadonlyMap<string, string>
  /** Serve what is modelled although directives that change routing are not. */
  readonly lenient: boolean
  /** Ports for a config that names none. */
  readonly listen?: readonly { readonly address: string; readonly port: number; readonly tls: boolean }[]
  /** Directories a real server would be run from, where the config does not say (`ServerRoot`). */
  readonly root: string
  /** Names of modules that count as loaded, for a test that says so; undefined: from LoadModule lines, else what a distribution enables. */
  readonly modules?: readonly string[]
}
/** `site: null`: the real server would refuse to start, or routing is not modelled and `lenient` is off; the findings say why. */
export interface Loaded {
  readonly site: Site | null
  readonly findings: readonly Finding[]
  /** Every file that was read, for watching and for the capture. */
  readonly files: readonly ConfigSource[]
  /** What it does, for a config that is refused, too; null where its text could not be read as a config. */
  readonly sketch: (() => Sketch) | null
}
/** Where a config listens and what it does there, without a site that would do it. */
export interface Sketch {
  readonly listeners: readonly Pick<ListenerSpec, 'address' | 'port' | 'tls'>[]
  readonly hosts: readonly OutlineHost[]
}
