import type { NamedSo } from '../dir/types.js'
import { fieldValue } from '../../../../shared/fields.js'
import type { RequestHead } from '../../../../shared/heads.js'
import type { Arrival } from '../../../../shared/site.js'
import type { DirConf, Server } from '../config/server.js'
import { compressed, merge, type Table } from '../http/table.js'
import type { Proxied } from '../proxy/translate.js'

/** HTTP version as a number that compares: 0.9 → 9, 1.0 → 1000, 1.1 → 1001. */
export const http11 = 1001
export const http10 = 1000

const mostNoted = 48
const noEnv: ReadonlyMap<string, string> = new Map()

/** httpd's request_rec: what is known and decided of one request while its phases run. */
export class Request {
  readonly arrival: Arrival
  server: Server
  dir: DirConf
  method: string
  readonly protocol: number
  readonly protocolText: string
  /** As the client wrote it, and its path decoded and cleaned, and the query. */
  unparsedUri: string
  uri: string
  args: string | null
  hostname: string | null = null
  /** Port of the client's Host (or absolute URI), 0 where it has none. */
  hostPort = 0
  readonly headersIn: Table
  /** Fields of an answer, and those that go out whatever becomes of it (`Header always`). */
  out: Table = []
  errOut: Table = []
  contentType: string | null = null
  /** Languages and encodings that mod_mime read in the name of what is asked for; null: none. */
  named: Pick<NamedSo, 'languages' | 'encodings'> | null = null
  status = 200
  statusLine: string | null = null
  /** Reason given on an error page, already HTML. */
  errorNotes: string | null = null
  expects100 = false
  /** Only the head of the answer goes out; stays so where an internal redirect makes a GET of it. */
  readonly headerOnly: boolean
  filename: string | null = null
  proxied: Proxied | null = null
  startedAtUs = 0
  nowUs = 0
  /** The connection ends after the answer, though no field says so: httpd gave up while it read the request. */
  ends = false
  /** Marks the client's connection for closing. */
  closing = false
  /** The request that an internal redirect came from. */
  readonly prev: Request | null
  readonly took: number[]
  readonly missed: number[]
  /** The directive that says where it goes, -1 as long as none does: whoever maps it later decides. */
  route = -1
  #env: Map<string, string> | null = null

  constructor(arrival: Arrival, server: Server, head: RequestHead, prev: Request | null = null) {
    this.arrival = arrival
    this.server = server
    this.dir = server.base
    this.method = head.method
    this.protocolText = head.version
    this.protocol = protocolNumber(head.version)
    this.unparsedUri = head.target
    const query = head.target.indexOf('?')
    this.uri = query < 0 ? head.target : head.target.slice(0, query)
    this.args = query < 0 ? null : head.target.slice(query + 1)
    this.headersIn = prev === null ? compressed(head.fields) : prev.headersIn
    this.headerOnly = prev === null ? head.method === 'HEAD' : prev.headerOnly
    this.prev = prev
    this.took = prev?.took ?? []
    this.missed = prev?.missed ?? []
  }

  get isHttps(): boolean {
    return this.arrival.tls !== null
  }
  /** Variables of this request (subprocess_env), made when the first is looked at. */
  get env(): Map<string, string> {
    this.#env ??= new Map(noEnv)
    return this.#env
  }
  has(variable: string): boolean {
    return this.#env !== null && this.#env.has(variable)
  }
  envEntries(): Iterable<[string, string]> {
    return this.#env ?? noEnv
  }
  header(lower: string): string | undefined {
    return fieldValue(this.headersIn, lower)
  }
  /** A field of the request that the answer depends on: said at once, and lost with the answer's other fields. */
  varies(name: string): void {
    merge(this.out, 'Vary', name, 'vary')
  }
  tookPart(id: number): void {
    if (id >= 0 && this.took.length < mostNoted && !this.took.includes(id)) this.took.push(id)
  }
  /** This directive says where the request goes. */
  routedBy(id: number): void {
    this.route = id
    this.tookPart(id)
  }
  missedBy(id: number): void {
    if (id >= 0 && this.missed.length < mostNoted && !this.missed.includes(id)) this.missed.push(id)
  }
  /** Requests answered on this connection before this one. */
  get kept(): number {
    return this.arrival.request - 1
  }
}

function protocolNumber(version: string): number {
  if (version === 'HTTP/1.1') return http11
  if (version === 'HTTP/1.0') return http10
  if (version === 'HTTP/0.9') return 9
  const match = /^HTTP\/(\d)\.(\d)$/.exec(version)
  return match === null ? http11 : Math.min(http11, Number(match[1]) * 1000 + Number(match[2]))
}
