import { spawn, type ChildProcess } from 'node:child_process'
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Case, Rendered } from './case.js'
import { canConnect, pause } from './loopback.js'

/** How one proxy is started on a rendered case. `file` may be a command of the PATH or a path. */
export interface ProxyCommand {
  readonly file: string
  readonly args: readonly string[]
  readonly cwd?: string
  readonly env?: Readonly<Record<string, string>>
}

/** Builds the command for a case; `work` is a folder of the case's own. */
export type ProxyKind = (one: Case, rendered: Rendered, work: string) => ProxyCommand

/** The modules that count as loaded: what Debian's binary has compiled in, and these. */
const apacheModules = [
  ...[
    'mpm_event',
    'authn_core',
    'authn_file',
    'authz_core',
    'authz_host',
    'authz_user',
    'auth_basic',
    'access_compat',
    'alias',
    'dir',
    'mime'
  ],
  ...[
    'env',
    'setenvif',
    'headers',
    'rewrite',
    'filter',
    'deflate',
    'expires',
    'remoteip',
    'substitute',
    'proxy',
    'proxy_http',
    'proxy_wstunnel'
  ],
  ...['proxy_connect', 'slotmem_shm', 'proxy_balancer', 'lbmethod_byrequests', 'lbmethod_bytraffic', 'lbmethod_bybusyness', 'proxy_hcheck'],
  ...['watchdog', 'socache_shmcb', 'ssl', 'http2', 'autoindex']
]

const firstThatExists = (paths: readonly string[]) => paths.find((path) => existsSync(path))

/** The real httpd, one child process, in the foreground. */
export const apache: ProxyKind = (one, rendered, work) => {
  const file = firstThatExists(['/usr/sbin/apache2', '/usr/sbin/httpd', '/usr/local/sbin/httpd']) ?? 'httpd'
  const config = writeApacheConfig(one, rendered, work)
  return { file, args: ['-d', work, '-f', config, '-DFOREGROUND', ...one.defines.flatMap((name) => ['-D', name])], cwd: work }
}

/** A whole config that a server starts from, around the case's own directives. */
export function writeApacheConfig(one: Case, rendered: Rendered, work: string): string {
  const mime = firstThatExists(['/etc/mime.types', '/etc/apache2/mime.types']) ?? ''
  const lines = [
    `ServerRoot "${work}"`,
    `DefaultRuntimeDir "${work}/run"`,
    `PidFile "${work}/run/httpd.pid"`,
    'Mutex posixsem',
    ...loadModules(one),
    'User www-data',
    'Group www-data',
    'StartServers 1',
    'ServerLimit 1',
    'ThreadsPerChild 25',
    'MaxRequestWorkers 25',
    'MinSpareThreads 1',
    'MaxSpareThreads 25',
    `ErrorLog "${work}/error.log"`,
    'LogLevel info',
    `TypesConfig ${mime}`,
    `Include "${rendered.configFile}"`
  ]
  return writeConfig(work, lines)
}

function loadModules(one: Case): string[] {
  const folder =
    firstThatExists(['/usr/lib/apache2/modules', '/usr/libexec/apache2', '/usr/lib64/httpd/modules', '/usr/lib/httpd/modules']) ?? ''
  const path = (name: string) => join(folder, `mod_${name}.so`)
  const wanted = [...apacheModules.filter((name) => !one.modulesRemove.includes(name)), ...one.modulesAdd]
  return wanted.filter((name) => existsSync(path(name))).map((name) => `LoadModule ${name}_module ${path(name)}`)
}

/** The real nginx, one process, in the foreground. */
export const nginx: ProxyKind = (_one, rendered, work) => {
  const file = firstThatExists(['/usr/sbin/nginx', '/usr/local/sbin/nginx']) ?? 'nginx'
  return { file, args: ['-p', work, '-c', writeNginxConfig(rendered, work), '-e', join(work, 'error.log')], cwd: work }
}

function writeNginxConfig(rendered: Rendered, work: string): string {
  const lines = [
    'daemon off;',
    'master_process off;',
    `pid ${work}/run/nginx.pid;`,
    `error_log ${work}/error.log info;`,
    'events { worker_connections 512; }',
    'http {',
    '  include /etc/nginx/mime.types;',
    '  default_type application/octet-stream;',
    '  access_log off;',
    ...['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'].map((name) => `  ${name}_temp_path ${work}/run/${name};`),
    `  include ${rendered.configFile};`,
    '}'
  ]
  return writeConfig(work, lines)
}

function writeConfig(work: string, lines: readonly string[]): string {
  const path = join(work, 'full.conf')
  mkdirSync(join(work, 'run'), { recursive: true })
  writeFileSync(path, `${lines.join('\n')}\n`)
  return path
}

/** The real server of a case's format. */
export const realServer: ProxyKind = (one, rendered, work) => (one.format === 'apache' ? apache : nginx)(one, rendered, work)

/**
 * Switchyard's command line. The case's own file has no `LoadModule`, so the modules that a distribution enables count as loaded; a case
 * that adds or takes away modules is given the whole config instead, which names them.
 */
export function switchyard(entry: string): ProxyKind {
  return (one, rendered, work) => {
    const namesModules = one.modulesAdd.length + one.modulesRemove.length > 0
    const config = one.format === 'apache' && namesModules ? writeApacheConfig(one, rendered, work) : rendered.configFile
    const defines = one.defines.flatMap((name) => ['-D', name])
    const args = [entry, 'serve', config, '--dialect', one.format, '--no-ui', '--capture', 'off', '--data', join(work, 'data'), ...defines]
    return { file: process.execPath, args }
  }
}

/** A proxy that was started. `started` is false when it ended, or listened on none of its ports in time. */
export interface RunningProxy {
  readonly started: boolean
  log(): string
  stop(): Promise<void>
}

const startMs = 15_000
const stopMs = 3000

/** Starts a proxy and waits until every port of the case accepts a connection. */
export async function startProxy(command: ProxyCommand, listens: readonly number[], work: string): Promise<RunningProxy> {
  const child = spawn(command.file, command.args, {
    stdio: ['ignore', 'pipe', 'pipe'],
    detached: true,
    ...(command.cwd ? { cwd: command.cwd } : {}),
    env: { ...process.env, ...command.env }
  })
  let output = ''
  for (const stream of [child.stdout, child.stderr])
    stream.on('data', (bytes: Buffer) => (output = (output + bytes.toString()).slice(-200_000)))
  let isOver = false
  const over = new Promise<void>((resolve) => {
    const end = () => {
      isOver = true
      resolve()
    }
    child.on('exit', end).on('error', (error) => {
      output += error.message
      end()
    })
  })
  const stop = async () => {
    if (!isOver) signalGroup(child, 'SIGTERM')
    await Promise.race([over, pause(stopMs)])
    signalGroup(child, 'SIGKILL')
    await over
  }
  const started = await isListening(listens, () => isOver)
  if (!started) await stop()
  return { started, stop, log: () => output + errorLog(work) }
}

async function isListening(ports: readonly number[], isOver: () => boolean): Promise<boolean> {
  const limit = Date.now() + startMs
  while (Date.now() < limit && !isOver()) {
    const answers = await Promise.all(ports.map(canConnect))
    if (answers.every(Boolean)) return !isOver()
    await pause(40)
  }
  return false
}

/** The whole group: httpd's children with it. */
function signalGroup(child: ChildProcess, signal: NodeJS.Signals): void {
  if (child.pid === undefined) return
  try {
    process.kill(-child.pid, signal)
  } catch {
    // gone already
  }
}

function errorLog(work: string): string {
  const path = join(work, 'error.log')
  return existsSync(path) ? readFileSync(path, 'utf8') : ''
}
