import { cpSync, existsSync, mkdirSync, readFileSync, readdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

/** Modules that the oracle loads into a stock httpd, besides those built into Debian's. */
const oracleModules =
  'mpm_event authn_core authn_file authz_core authz_host authz_user auth_basic access_compat alias dir mime env setenvif headers rewrite filter deflate expires remoteip substitute proxy proxy_http proxy_wstunnel proxy_connect slotmem_shm proxy_balancer lbmethod_byrequests lbmethod_bytraffic lbmethod_bybusyness proxy_hcheck socache_shmcb ssl http2 autoindex'.split(
    ' '
  )
const moduleFolder = '/usr/lib/apache2/modules'

/** A case of test/oracle/cases, rendered as files that a real httpd can be asked about. */
export interface RenderedCase {
  readonly name: string
  readonly folder: string
  /** What includes the case's own config. */
  readonly full: string
  readonly config: string
  readonly text: string
  readonly defines: readonly string[]
}
interface CaseMeta {
  readonly defines?: readonly string[]
  readonly modulesAdd?: readonly string[]
  readonly modulesRemove?: readonly string[]
}

/** Every case below `cases`, rendered into folders of its own in `work`. */
export function renderCases(cases: string, work: string): RenderedCase[] {
  const shared = join(work, 'shared')
  mkdirSync(join(shared, 'docroot'), { recursive: true })
  for (const name of ['cert', 'key', 'cert2', 'key2', 'ca', 'otherca'])
    writeFileSync(join(shared, `${name}.pem`), 'not looked into by -t\n')
  return readdirSync(cases)
    .sort()
    .map((name) => renderCase(join(cases, name), name, join(work, name), shared))
}

function renderCase(source: string, name: string, folder: string, shared: string): RenderedCase {
  const confdir = join(folder, 'conf')
  mkdirSync(join(folder, 'run'), { recursive: true })
  cpSync(source, confdir, { recursive: true })
  for (const file of readdirSync(confdir, { recursive: true, encoding: 'utf8' })) {
    const path = join(confdir, file)
    if (/\.(conf|inc)$/.test(file)) writeFileSync(path, fillPlaceholders(readFileSync(path, 'latin1'), confdir, shared), 'latin1')
  }
  const probes = JSON.parse(readFileSync(join(confdir, 'probes.json'), 'utf8')) as CaseMeta | readonly unknown[]
  const meta: CaseMeta = Array.isArray(probes) ? {} : (probes as CaseMeta)
  const config = join(confdir, 'proxy.conf')
  const full = join(folder, 'full.conf')
  writeFileSync(full, wrapper(folder, config, meta), 'latin1')
  return { name, folder, full, config, text: readFileSync(config, 'latin1'), defines: meta.defines ?? [] }
}

function wrapper(folder: string, config: string, meta: CaseMeta): string {
  const modules = oracleModules.filter((name) => meta.modulesRemove?.includes(name) !== true).concat(meta.modulesAdd ?? [])
  return [
    `ServerRoot "${folder}"`,
    `DefaultRuntimeDir "${folder}/run"`,
    `PidFile "${folder}/run/httpd.pid"`,
    ...modules.filter(isShared).map((name) => `LoadModule ${name}_module ${moduleFolder}/mod_${name}.so`),
    'User www-data',
    'Group www-data',
    `ErrorLog "${folder}/error.log"`,
    'TypesConfig /etc/mime.types',
    `Include "${config}"`,
    ''
  ].join('\n')
}
function isShared(name: string): boolean {
  return existsSync(join(moduleFolder, `mod_${name}.so`))
}

/** Ports are of no matter to `-t`; each placeholder gets one of its own. */
function fillPlaceholders(text: string, confdir: string, shared: string): string {
  const paths: Record<string, string> = { CONFDIR: confdir, DOCROOT: join(shared, 'docroot') }
  const ports = new Map<string, number>()
  return text.replace(/@([A-Z][A-Z0-9_]*)@/g, (_, name: string) => {
    if (paths[name] !== undefined) return paths[name]
    if (/^(CERT2?|KEY2?|CA|OTHERCA)$/.test(name)) return join(shared, `${name.toLowerCase()}.pem`)
    const end = name.replace(/_PORT$/, '')
    const port = ports.get(end) ?? 21000 + ports.size
    ports.set(end, port)
    return name.endsWith('_PORT') ? String(port) : `127.0.0.1:${port}`
  })
}
