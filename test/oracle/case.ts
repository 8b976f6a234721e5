import { mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { freePort } from './loopback.js'
import type { Probe } from './probe.js'

export type Format = 'apache' | 'nginx'

/** A case's folder, read: config files with placeholders, and probes. */
export interface Case {
  /** `apache/ws-basic` */
  readonly id: string
  readonly format: Format
  readonly files: ReadonlyMap<string, string>
  readonly probes: readonly Probe[]
  readonly defines: readonly string[]
  readonly modulesAdd: readonly string[]
  readonly modulesRemove: readonly string[]
  /** The real server rejects this config. */
  readonly expectRefused: boolean
}

const casesFolder = join(import.meta.dirname, 'cases')

/** Ids of all cases that match one of the globs (`apache/ws-*`, `ws-basic`, `*`), in order. */
export function caseIds(globs: readonly string[]): string[] {
  const patterns = globs.map(globPattern)
  const ids = (['apache', 'nginx'] as const).flatMap((format) => readdirSync(join(casesFolder, format)).map((name) => `${format}/${name}`))
  return ids.filter((id) => patterns.some((pattern) => pattern.test(id))).sort()
}

/** `*` stands for anything; a glob without a folder is looked for in all of them. */
function globPattern(glob: string): RegExp {
  const full = glob.includes('/') ? glob : `*/${glob}`
  return new RegExp(`^${full.replace(/[.+?^${}()|[\]\\]/g, '\\$&').replace(/\*/g, '.*')}$`)
}

export function readCase(id: string): Case {
  const folder = join(casesFolder, id)
  const spec = JSON.parse(readFileSync(join(folder, 'probes.json'), 'utf8')) as Probe[] | (Partial<Case> & { probes: Probe[] })
  const meta = Array.isArray(spec) ? { probes: spec } : spec
  const names = readdirSync(folder).filter((name) => name !== 'probes.json' && statSync(join(folder, name)).isFile())
  return {
    id,
    format: id.startsWith('nginx/') ? 'nginx' : 'apache',
    files: new Map(names.map((name) => [name, readFileSync(join(folder, name), 'utf8')])),
    probes: meta.probes,
    defines: meta.defines ?? [],
    modulesAdd: meta.modulesAdd ?? [],
    modulesRemove: meta.modulesRemove ?? [],
    expectRefused: meta.expectRefused ?? false
  }
}

export const listenNames = ['LISTEN', 'LISTEN2', 'LISTEN3', 'LISTEN_TLS', 'LISTEN_TLS2'] as const

/** The backends that a case may name, and the certificate that each shows; null is a plain one. */
export const backendCertificates: Readonly<Record<string, string | null>> = {
  BACKEND: null,
  BACKEND2: null,
  BACKEND3: null,
  BACKEND_TLS: 'selfsigned',
  BACKEND_TLS_CA: 'backend',
  BACKEND_TLS_NAME: 'wrongname',
  BACKEND_TLS_EXPIRED: 'expired'
}

/** A case with its placeholders filled in and its files written. */
export interface Rendered {
  readonly ports: Readonly<Record<string, number>>
  readonly probes: readonly Probe[]
  /** Ports that the config listens on. */
  readonly listens: readonly number[]
  readonly configFolder: string
  readonly configFile: string
}

/** Writes a case's files into `configFolder`, on ports of its own. `words` are further placeholders: DOCROOT, CERT, … */
export async function render(one: Case, configFolder: string, words: Readonly<Record<string, string>>): Promise<Rendered> {
  const whole = [...one.files.values(), JSON.stringify(one.probes)].join('\n')
  const ports = await choosePorts(whole)
  const fill = filler({ ...words, CONFDIR: configFolder, ...portWords(ports) })
  mkdirSync(configFolder, { recursive: true })
  for (const [name, text] of one.files) writeFileSync(join(configFolder, name), fill(text))
  const config = fill([...one.files.values()].join('\n'))
  const listens = listenNames
    .map((name) => ports[name])
    .filter((port) => port !== undefined && new RegExp(`(?<!\\d)${port}(?!\\d)`).test(config))
  const probes = JSON.parse(fill(JSON.stringify(one.probes))) as Probe[]
  return { ports, probes, listens: listens as number[], configFolder, configFile: join(configFolder, 'proxy.conf') }
}

async function choosePorts(text: string): Promise<Record<string, number>> {
  const names = [...listenNames, ...Object.keys(backendCertificates), 'DEAD', 'DEAD2', 'BLACKHOLE']
  const ports: Record<string, number> = {}
  for (const name of names) if (name === 'LISTEN' || new RegExp(`@${name}(_PORT)?@`).test(text)) ports[name] = await freePort()
  return ports
}

function portWords(ports: Readonly<Record<string, number>>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(ports).flatMap(([name, port]) => [
      [name, `127.0.0.1:${port}`],
      [`${name}_PORT`, String(port)]
    ])
  )
}

function filler(words: Readonly<Record<string, string>>): (text: string) => string {
  return (text) => text.replace(/@([A-Z][A-Z0-9_]*)@/g, (whole, name: string) => words[name] ?? whole)
}
