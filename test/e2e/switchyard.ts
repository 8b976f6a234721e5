import { execFile, spawn, type ChildProcessByStdio } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import type { Readable } from 'node:stream'
import { promisify } from 'node:util'
import { onTestFinished } from 'vitest'
import { bundled } from '../bundled.js'

const startMs = 15_000

/** A folder that is gone when the test is over. */
export function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'switchyard-e2e-'))
  onTestFinished(() => rmSync(folder, { recursive: true, force: true, maxRetries: 5 }))
  return folder
}

/** Writes a config into a folder of its own, and answers its path. */
export function configFile(text: string, name = 'site.conf'): string {
  const path = join(temporaryFolder(), name)
  writeFileSync(path, text)
  return path
}

/** Plain and TLS listeners on one name, with what stands in both virtual hosts; the certificate is the production's, which is not here. */
export function apacheSite(ports: { plain: number; tls: number }, lines: string): string {
  return `ServerName localhost
Listen ${ports.plain}
Listen ${ports.tls}
<VirtualHost *:${ports.plain}>
    ServerName localhost
${lines}
</VirtualHost>
<VirtualHost *:${ports.tls}>
    ServerName localhost
    SSLEngine on
    SSLCertificateFile /etc/ssl/production/localhost.pem
    SSLCertificateKeyFile /etc/ssl/production/localhost.key
${lines}
</VirtualHost>
`
}

export interface Ended {
  readonly code: number | null
  readonly signal: NodeJS.Signals | null
}

/** `switchyard serve` as a process of its own. */
export class Switchyard {
  /** What it printed before `ready`, without `listening ` before each. */
  readonly listening: string[] = []
  /** Where its screens are, with the token; empty with --no-ui. */
  screens = ''
  readonly data: string
  readonly ended: Promise<Ended>
  readonly #child: ChildProcessByStdio<null, Readable, Readable>
  #said = ''

  private constructor(command: readonly string[], data: string) {
    this.data = data
    const [file = '', ...args] = command
    this.#child = spawn(file, args, { stdio: ['ignore', 'pipe', 'pipe'] })
    this.#child.stderr.on('data', (bytes: Buffer) => (this.#said += bytes.toString()))
    this.ended = new Promise((resolve) => this.#child.once('exit', (code, signal) => resolve({ code, signal })))
  }

  /** Starts it with these arguments and waits for `ready`; it ends with the test. Rejects with what it said when it ends before. */
  static async serve(...args: string[]): Promise<Switchyard> {
    const data = temporaryFolder()
    return await Switchyard.run(data, [process.execPath, bundled('cli/switchyard'), 'serve', ...args, '--data', data])
  }

  /** The same by a command of one's own. */
  static async run(data: string, command: readonly string[]): Promise<Switchyard> {
    const running = new Switchyard(command, data)
    onTestFinished(async () => void (await running.stop('SIGKILL')))
    await running.#untilReady()
    return running
  }

  async #untilReady(): Promise<void> {
    const lines = createInterface({ input: this.#child.stdout })
    const timer = setTimeout(() => this.#child.kill('SIGKILL'), startMs)
    try {
      for await (const line of lines) {
        if (line.startsWith('listening ')) this.listening.push(line.slice('listening '.length))
        if (line.startsWith('screens ')) this.screens = line.slice('screens '.length)
        if (line === 'ready') {
          this.#child.stdout.resume()
          return
        }
      }
    } finally {
      clearTimeout(timer)
    }
    throw new Error(`Switchyard did not become ready.\n${this.#said}`)
  }

  /** What it said on stderr so far. */
  get said(): string {
    return this.#said
  }

  /** Asks it to read its config again. */
  reload(): void {
    this.#child.kill('SIGHUP')
  }

  async stop(signal: NodeJS.Signals = 'SIGTERM'): Promise<Ended> {
    if (this.#child.exitCode === null && this.#child.signalCode === null) this.#child.kill(signal)
    return await this.ended
  }
}

const run = promisify(execFile)

/** Runs another of its commands to its end, and answers what it printed. Rejects when its exit code is not 0. */
export async function command(...args: string[]): Promise<string> {
  const { stdout } = await run(process.execPath, [bundled('cli/switchyard'), ...args], { maxBuffer: 64 * 1024 * 1024 })
  return stdout
}
