import type { ConfigHost, ConfigSource, LoadOptions, Loaded, Sketch } from '../../../shared/site.js'
import { runtimeRoots } from '../../../shared/steps.js'
import type { Finding } from '../../../shared/trace.js'
import { besideConfig, makeCertificate } from './certificates.js'
import type { NamedCertificate } from './certificates.js'
import { Directives } from './directives.js'
import { readJson } from './json-positions.js'
import type { JsonObject } from './json-positions.js'
import { defaults } from './native-config.js'
import { beside, readConfig } from './read-config.js'
import type { ReadConfig, ReadRoute } from './read-config.js'
import { outlineOf } from './outline.js'
import { inOrder, makeRoute } from './routes.js'
import type { Route } from './routes.js'
import { Says, openingOf } from './shape.js'
import { NativeSite, defaultListeners } from './site.js'
import type { NativeListener } from './site.js'

/** Where systems keep the authorities that they trust, in one PEM file. */
const systemBundles = [
  '/etc/ssl/certs/ca-certificates.crt',
  '/etc/pki/tls/certs/ca-bundle.crt',
  '/etc/ssl/ca-bundle.pem',
  '/etc/ssl/cert.pem',
  '/opt/homebrew/etc/openssl@3/cert.pem'
] as const

/** Reads several files as one config, in order. Any error means no site: the file is ours, so there is nothing to be lenient about. */
export function loadNative(sources: readonly ConfigSource[], host: ConfigHost, options: LoadOptions): Loaded {
  const loading = new Loading(host)
  for (const source of sources) loading.take(source)
  const findings = loading.says.findings
  const refused = findings.some(({ severity }) => severity === 'error')
  const listeners = defaultListeners(loading.listeners.length > 0 ? loading.listeners : options.listen)
  const { routes, certificates } = loading
  const directives = loading.directives.all
  const parts = { generation: options.generation, listeners, certificates, routes, directives, findings }
  const sketch = (): Sketch => ({ listeners, hosts: outlineOf(inOrder(routes), directives, listeners) })
  return { site: refused ? null : new NativeSite(parts), findings, files: sources, sketch: loading.isRead ? sketch : null }
}

class Loading {
  readonly says = new Says()
  readonly listeners: NativeListener[] = []
  readonly certificates: NamedCertificate[] = []
  readonly routes: Route[] = []
  readonly directives = new Directives()
  /** Each text was a config as a whole; what it says may still be wrong. */
  isRead = true
  readonly #host: ConfigHost
  readonly #systemRoots: string

  constructor(host: ConfigHost) {
    this.#host = host
    this.#systemRoots = systemBundles.find((path) => host.stat(path) === 'file') ?? runtimeRoots
  }

  take(source: ConfigSource): void {
    const { root, findings } = readJson(source.text, source.path)
    this.#add(findings)
    const read = root === null ? null : readConfig(root)
    this.#add(read?.findings ?? [])
    if (read?.config) this.#make(read.config, source.path)
    else this.isRead = false
  }

  #add(findings: readonly Finding[]): void {
    this.says.findings.push(...findings)
  }

  #make(config: ReadConfig, file: string): void {
    for (const listen of config.listen ?? []) this.#listen(listen)
    for (const read of config.certificates ?? []) {
      const { certificate, finding } = makeCertificate(read, file, this.#host)
      if (finding !== null) this.#add([finding])
      if (certificate !== null) this.certificates.push(certificate)
    }
    for (const read of config.routes ?? []) this.#route(read, file)
  }

  #listen(read: NonNullable<ReadConfig['listen']>[number]): void {
    const listener = { address: read.address ?? defaults.address, port: read.port as number, tls: read.tls ?? false }
    const twice = this.listeners.some(({ address, port }) => address === listener.address && port === listener.port)
    if (twice) this.says.error('duplicate-listen', `${listener.address}:${listener.port} is listened on already.`, openingOf(read.node))
    else this.listeners.push(listener)
  }

  #route(read: ReadRoute, file: string): void {
    const { id, took } = this.directives.route(read.node)
    const route = makeRoute(read, id, took, { absolute: (path) => besideConfig(file, path), systemRoots: this.#systemRoots })
    this.#doubt(read, route)
    this.routes.push(route)
  }

  /** What is well-formed and still hardly meant. */
  #doubt(read: ReadRoute, route: Route): void {
    const before = this.routes.find(({ match, host }) => match === route.match && host === route.host)
    if (before !== undefined) {
      const line = this.directives.all[before.id]?.line ?? 0
      this.says.warning(
        'shadowed-route',
        `This route is never reached: the one on line ${line} has the same prefix and host.`,
        openingOf(read.node)
      )
    }
    if (route.action.does === 'files' && this.#host.stat(route.action.root) !== 'directory') {
      this.says.warning(
        'folder-missing',
        `${route.action.root} is no folder here: its requests are answered 404.`,
        memberSpan(read.node, 'files')
      )
    }
    const idle = route.action.does === 'forward' ? unusedWithForward(read, route.action.target.tls !== null) : unusedWithout(read)
    for (const name of idle) {
      const because =
        name === 'verify' && route.action.does === 'forward' ? 'a ws or http origin has no certificate' : 'this route has no "to"'
      this.says.warning('unused-key', `"${name}" does nothing here: ${because}.`, memberSpan(read.node, name))
    }
    const status = read.respond?.status
    if ((status === 204 || status === 304) && (read.respond?.body ?? '') !== '') {
      this.says.warning(
        'body-not-sent',
        `A ${status} has no body: this one is not sent (RFC 9110 §6.4.1).`,
        memberSpan(read.node, 'respond')
      )
    }
  }
}

function unusedWithForward(read: ReadRoute, tls: boolean): readonly string[] {
  return !tls && read.verify !== undefined ? ['verify'] : []
}
function unusedWithout(read: ReadRoute): readonly string[] {
  return beside.filter((name) => read[name] !== undefined)
}

function memberSpan(node: JsonObject, name: string): NonNullable<Finding['span']> {
  return node.members.find((member) => member.name === name)?.nameSpan ?? openingOf(node)
}
