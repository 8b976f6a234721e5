import { spawn, type ChildProcess } from 'node:child_process'
import { mkdirSync, openSync, readFileSync, writeFileSync } from 'node:fs'
import { get } from 'node:http'
import { join } from 'node:path'
import { freePort, pause } from '../oracle/loopback.js'

/** What a proxy is told: where to listen, where the backend is, and which certificate to show. */
export interface Place {
  readonly port: number
  readonly tlsPort: number
  readonly backend: number
  readonly key: string
  readonly certificate: string
  /** A folder of its own. */
  readonly folder: string
}

export interface Contestant {
  readonly name: string
  /** The capture that it writes, in its folder. */
  readonly capture?: string
  readonly command: (place: Place) => readonly [file: string, ...args: string[]]
}

const root = join(import.meta.dirname, '../..')

/** The configuration of an nginx that only proxies: one process, no log, no buffers beyond its defaults. */
function nginxConfig({ port, tlsPort, backend, key, certificate, folder }: Place): string {
  const temporary = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'].map((name) => `${name}_temp_path ${folder}/${name};`).join(' ')
  return `daemon off; master_process off; worker_rlimit_nofile 65536; pid ${folder}/nginx.pid; error_log ${folder}/error.log error;
events { worker_connections 30000; }
http {
  access_log off; keepalive_requests 1000000000; ${temporary}
  map $http_upgrade $connection_upgrade { default upgrade; '' ''; }
  upstream backend { server 127.0.0.1:${backend}; keepalive 64; keepalive_requests 1000000000; }
  server {
    listen 127.0.0.1:${port} backlog=4096; listen 127.0.0.1:${tlsPort} ssl backlog=4096;
    ssl_certificate ${certificate}; ssl_certificate_key ${key};
    location / {
      proxy_pass http://backend; proxy_http_version 1.1;
      proxy_set_header Upgrade $http_upgrade; proxy_set_header Connection $connection_upgrade;
      proxy_read_timeout 1h; proxy_send_timeout 1h;
    }
  }
}
`
}

/** The lines of the oracle's case ws-basic, plain and over TLS. */
export function apacheConfig({ port, tlsPort, backend, key, certificate }: Place): string {
  const pass = `ServerName www.example.test
    ProxyPass /ws/ ws://127.0.0.1:${backend}/ws/
    ProxyPass / http://127.0.0.1:${backend}/
    ProxyPassReverse / http://127.0.0.1:${backend}/`
  return `Listen 127.0.0.1:${port}
Listen 127.0.0.1:${tlsPort}
ServerName localhost
KeepAlive On
MaxKeepAliveRequests 0
<VirtualHost *:${port}>
    ${pass}
</VirtualHost>
<VirtualHost *:${tlsPort}>
    ${pass}
    SSLEngine on
    SSLCertificateFile ${certificate}
    SSLCertificateKeyFile ${key}
</VirtualHost>
`
}

function written(folder: string, name: string, text: string): string {
  const path = join(folder, name)
  writeFileSync(path, text)
  return path
}

function switchyard(capture: (folder: string) => string): Contestant['command'] {
  return (place) => {
    const config = written(place.folder, 'site.conf', apacheConfig(place))
    const options = ['--dialect', 'apache', '--no-ui', '--data', join(place.folder, 'data'), '--capture', capture(place.folder)]
    return [process.execPath, join(root, 'out/cli/switchyard.js'), 'serve', config, ...options]
  }
}

export const contestants: readonly Contestant[] = [
  {
    name: 'nginx-1',
    command: (place) => ['nginx', '-p', place.folder, '-c', written(place.folder, 'nginx.conf', nginxConfig(place)), '-e', 'stderr']
  },
  { name: 'switchyard', command: switchyard(() => 'off') },
  { name: 'switchyard-capture', capture: 'bench.swycap', command: switchyard((folder) => join(folder, 'bench.swycap')) },
  {
    name: 'ws-relay',
    command: (place) => {
      const { port, tlsPort, backend, key, certificate } = place
      return [process.execPath, join(import.meta.dirname, 'ws-relay.mjs'), JSON.stringify({ port, tlsPort, backend, key, certificate })]
    }
  }
]

/** A proxy that runs and answers. */
export interface Running {
  readonly name: string
  readonly pid: number
  readonly place: Place
  /** The file that its capture is written to; null: it has none. */
  readonly capture: string | null
  stop(): Promise<void>
}

const startMs = 20_000

/** Starts a proxy in a folder of its own, with room for many connections, and waits for its first answer. */
export async function start(
  contestant: Contestant,
  shared: Pick<Place, 'backend' | 'key' | 'certificate'>,
  folder: string
): Promise<Running> {
  mkdirSync(folder, { recursive: true })
  const place: Place = { ...shared, folder, port: await freePort(), tlsPort: await freePort() }
  const logPath = join(folder, 'log')
  const log = openSync(logPath, 'a')
  const [file, ...args] = contestant.command(place)
  const child = spawn('sh', ['-c', 'ulimit -n 65536 2>/dev/null; exec "$0" "$@"', file, ...args], { stdio: ['ignore', log, log] })
  const stop = () => end(child)
  const limit = Date.now() + startMs
  while (!(await answers(place.port))) {
    if (child.exitCode === null && Date.now() < limit) await pause(100)
    else {
      await stop()
      throw new Error(`${contestant.name} did not come up:\n${readFileSync(logPath, 'utf8').slice(-1000)}`)
    }
  }
  const capture = contestant.capture === undefined ? null : join(folder, contestant.capture)
  return { name: contestant.name, pid: child.pid as number, place, capture, stop }
}

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return
  const over = new Promise((resolve) => child.once('exit', resolve))
  child.kill('SIGTERM')
  await Promise.race([over, pause(3000)])
  child.kill('SIGKILL')
  await over
}

function answers(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const request = get({ host: '127.0.0.1', port, path: '/plain', agent: false, timeout: 2000 }, (response) => {
      response.resume().on('end', () => resolve(response.statusCode === 200))
    })
    request.on('error', () => resolve(false)).on('timeout', () => request.destroy())
  })
}
