/**
 * The toy's config: just the decisions that real servers take in the middle of an exchange, each as one key. A plain
 * value, so that a script can carry it (wires.ts) and a reload can change one key of it.
 */
export interface ToyConfig {
  readonly listen: readonly { readonly port: number; readonly tls?: boolean }[]
  /** By longest prefix of the path; a name that begins with `@` is only reached from an error page. */
  readonly locations: Readonly<Record<string, ToyLocation>>
  /** Error pages of requests that are none, or that no location takes. */
  readonly errors?: ErrorPages
  /** How TLS clients are met, by the server name they ask for. A name that is not here is refused. Absent: no TLS. */
  readonly names?: Readonly<Record<string, ToyName>>
  /** Write a line for each exchange. */
  readonly log?: boolean
}

export interface ToyName {
  readonly clientCertificates: 'none' | 'ask' | 'require'
  /** PEM path of the authorities that clients' certificates are checked against. */
  readonly clientCaFile?: string
}

export interface ToyLocation {
  /** Origins `host:port`, tried in turn. */
  readonly to?: readonly string[]
  /** Forward `Upgrade: websocket`. */
  readonly upgrade?: boolean
  /** What sends a request on to the next origin, if its body can be sent again. */
  readonly tryNextOn?: readonly ('failure' | number)[]
  /** An origin that refused is left alone for so long. */
  readonly retryMs?: number
  /** Read so much of the body before anything is sent; 0 or absent: it is relayed as it comes. */
  readonly bufferBytes?: number
  /** Who answers `Expect: 100-continue`. Default: the origin. */
  readonly expect?: 'origin' | 'self'
  /** A location asked aside first: 2xx lets the request pass, 401 and 403 are its answer. */
  readonly ask?: string
  readonly errors?: ErrorPages
  /** What a client that leaves while the origin thinks means. Default: nobody looks. */
  readonly clientGone?: 'close' | 'carryOn'
  /** A folder whose files are read on the way down the path: `deny`, or `field Name: value`. */
  readonly accessFiles?: { readonly root: string; readonly name: string }
  /** A file of lines `key origin`; the key is the path's last segment. Read again when it changed. */
  readonly map?: string
  /** Fields added to each answer: name, value, … */
  readonly fields?: readonly string[]
  /** Idle time of tunnels. */
  readonly idleMs?: number
  readonly answerMs?: number
}

export type ErrorPages = Readonly<Record<number, ErrorPage>>
export type ErrorPage = { readonly to: string } | { readonly file: string } | { readonly redirect: string }
