import { existsSync, mkdtempSync, readFileSync, readdirSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { ConfigHost } from '../../../../shared/site.js'
import type { FileFacts } from '../../../../shared/steps.js'
import { makeDocroot } from '../../../oracle/docroot.js'
import { readCase, type Case } from '../../../oracle/case.js'

/** Fixed ports: a replay opens none of them. */
export const ports: Readonly<Record<string, number>> = {
  LISTEN: 20101,
  LISTEN2: 20102,
  LISTEN3: 20103,
  LISTEN_TLS: 20104,
  LISTEN_TLS2: 20105,
  BACKEND: 20111,
  BACKEND2: 20112,
  BACKEND3: 20113,
  BACKEND_TLS: 20114,
  BACKEND_TLS_CA: 20115,
  BACKEND_TLS_NAME: 20116,
  BACKEND_TLS_EXPIRED: 20117,
  DEAD: 20121,
  DEAD2: 20122,
  BLACKHOLE: 20123
}
export const portName = new Map(Object.entries(ports).map(([name, port]) => [port, name]))

/** The modules that the recorded server had loaded, beside what is built in. */
export const apacheModules = `mpm_event authn_core authn_file authz_core authz_host authz_user auth_basic access_compat alias dir mime env
  setenvif headers rewrite filter deflate expires remoteip substitute proxy proxy_http proxy_wstunnel proxy_connect slotmem_shm
  proxy_balancer lbmethod_byrequests lbmethod_bytraffic lbmethod_bybusyness proxy_hcheck watchdog socache_shmcb ssl http2 autoindex
  core so http log_config logio version unixd`.split(/\s+/)

export class Surroundings {
  readonly folder = mkdtempSync(join(tmpdir(), 'apache-replay-'))
  readonly docroot = join(this.folder, 'docroot')
  constructor() {
    makeDocroot(this.docroot)
  }
  close(): void {
    rmSync(this.folder, { recursive: true, force: true })
  }

  /** A case with its placeholders filled in. */
  render(id: string): { one: Case; fill: (text: string) => string } {
    const one = readCase(id)
    const words: Record<string, string> = {
      DOCROOT: this.docroot,
      CONFDIR: '/conf',
      CERT: '/pki/www.crt',
      KEY: '/pki/www.key',
      CERT2: '/pki/second.crt',
      KEY2: '/pki/second.key',
      CA: '/pki/ca.crt',
      OTHERCA: '/pki/otherca.crt'
    }
    for (const [name, port] of Object.entries(ports)) {
      words[name] = `127.0.0.1:${port}`
      words[`${name}_PORT`] = String(port)
    }
    return { one, fill: (text) => text.replace(/@([A-Z][A-Z0-9_]*)@/g, (whole, name: string) => words[name] ?? whole) }
  }

  /** Files of the case lie in /conf, certificates are all there and good. */
  host(one: Case, fill: (text: string) => string): ConfigHost {
    const own = (path: string): string | undefined => {
      const text = path.startsWith('/conf/') ? one.files.get(path.slice(6)) : undefined
      return text === undefined ? undefined : fill(text)
    }
    return {
      readFile: (path) => own(path) ?? (existsSync(path) && statSync(path).isFile() ? readFileSync(path, 'latin1') : null),
      stat: (path) => {
        if (own(path) !== undefined || path.startsWith('/pki/')) return 'file'
        if (!existsSync(path)) return 'missing'
        return statSync(path).isDirectory() ? 'directory' : 'file'
      },
      glob: (pattern) => {
        const like = new RegExp(`^${pattern.replace(/[.+^${}()|[\]\\]/g, '\\$&').replace(/\*/g, '[^/]*')}$`)
        return [...one.files.keys()].map((name) => `/conf/${name}`).filter((path) => like.test(path))
      },
      environment: () => undefined,
      checkCertificate: () => null
    }
  }
}

export function factsOf(path: string): FileFacts {
  if (!existsSync(path)) return { path, kind: 'missing', bytes: 0, mtimeMs: 0, inode: 0 }
  const stats = statSync(path)
  if (!stats.isDirectory() && path.endsWith('/')) return { path, kind: 'missing', bytes: 0, mtimeMs: 0, inode: 0 }
  return { path, kind: stats.isDirectory() ? 'directory' : 'file', bytes: stats.size, mtimeMs: stats.mtimeMs, inode: stats.ino }
}

export function publicCases(): string[] {
  return readdirSync(join(import.meta.dirname, '../../../oracle/cases/apache')).sort()
}
