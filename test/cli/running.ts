import { spawn } from 'node:child_process'
import type { ChildProcess } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { onTestFinished } from 'vitest'
import { bundled } from '../bundled.js'

/** A folder that is gone when the test is over. */
export function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'switchyard-cli-'))
  onTestFinished(() => rmSync(folder, { recursive: true, force: true, maxRetries: 5 }))
  return folder
}
/** A file with this text in a folder of its own; its path. */
export function fileOf(text: string, name = 'site.conf'): string {
  const path = join(temporaryFolder(), name)
  writeFileSync(path, text)
  return path
}

export interface Ended {
  readonly code: number | null
  readonly signal: NodeJS.Signals | null
  readonly out: string
  readonly err: string
}

/** The command as a process of its own, line by line. */
export class Running {
  readonly data: string
  readonly child: ChildProcess
  readonly ended: Promise<Ended>
  readonly #lines: string[] = []
  #out = ''
  #err = ''
  #over = false
  #waiting: (() => void)[] = []

  constructor(
    words: readonly string[],
    { data = temporaryFolder(), entry = bundled('cli/switchyard'), env = {} }: Partial<RunOptions> = {}
  ) {
    this.data = data
    const environment = { ...process.env, SWITCHYARD_DATA: data, ...env }
    this.child = spawn(process.execPath, [entry, ...words], { stdio: ['pipe', 'pipe', 'pipe'], env: environment })
    onTestFinished(() => void this.child.kill('SIGKILL'))
    const stdout = this.child.stdout as NonNullable<ChildProcess['stdout']>
    stdout.on('data', (bytes: Buffer) => (this.#out += bytes.toString()))
    createInterface({ input: stdout }).on('line', (line) => this.#came(line))
    this.child.stderr?.on('data', (bytes: Buffer) => this.#said(bytes.toString()))
    this.child.stdin?.on('error', () => {})
    this.ended = new Promise((resolve) =>
      this.child.once('close', (code, signal) => {
        this.#over = true
        this.#wake()
        resolve({ code, signal, out: this.#out, err: this.#err })
      })
    )
  }

  /** Standard output so far, line by line. */
  get lines(): readonly string[] {
    return this.#lines
  }
  get err(): string {
    return this.#err
  }

  /** Waits for a line that fits. Throws with what was said where the process ends without it. */
  async line(fits: RegExp): Promise<string> {
    return await this.#until(() => this.#lines.find((line) => fits.test(line)), String(fits))
  }
  async saidOnStderr(fits: RegExp): Promise<string> {
    return await this.#until(() => (fits.test(this.#err) ? this.#err : undefined), String(fits))
  }
  type(text: string): void {
    this.child.stdin?.write(text)
  }
  endInput(): void {
    this.child.stdin?.end()
  }
  async stop(signal: NodeJS.Signals): Promise<Ended> {
    this.child.kill(signal)
    return await this.ended
  }

  async #until<Found>(look: () => Found | undefined, what: string): Promise<Found> {
    for (;;) {
      const found = look()
      if (found !== undefined) return found
      if (this.#over) throw new Error(`It ended without ${what}.\n${this.#out}\n${this.#err}`)
      await new Promise<void>((resolve) => this.#waiting.push(resolve))
    }
  }
  #came(line: string): void {
    this.#lines.push(line)
    this.#wake()
  }
  #said(text: string): void {
    this.#err += text
    this.#wake()
  }
  #wake(): void {
    for (const look of this.#waiting.splice(0)) look()
  }
}
interface RunOptions {
  readonly data: string
  readonly entry: string
  readonly env: Record<string, string>
}

/** Runs a command to its end, without any input. */
export async function run(...words: string[]): Promise<Ended> {
  return await runIn(temporaryFolder(), ...words)
}
export async function runIn(data: string, ...words: string[]): Promise<Ended> {
  const running = new Running(words, { data })
  running.endInput()
  return await running.ended
}

/** `serve` that is ready, and where its first listener stands (`127.0.0.1:PORT`). */
export async function serving(words: readonly string[], options: Partial<RunOptions> = {}): Promise<Running & { at: string }> {
  const running = new Running(words, options)
  await running.line(/^ready$/)
  const at = /^listening \w+:\/\/(\S+)$/.exec(await running.line(/^listening /))?.[1] ?? ''
  return Object.assign(running, { at })
}
