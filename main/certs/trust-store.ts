import { execFile, type ExecFileException } from 'node:child_process'
import { SwitchyardError } from '../../shared/errors.js'

/** Where clients look for authorities: a system's store, a browser's. One instance is one store on this machine. */
export interface TrustStore {
  /** Stable on one machine: `system`, `nss:/home/mara/.pki/nssdb`. */
  readonly id: string
  /** For people: `System store`, `Firefox, default-release`. */
  readonly label: string
  /** Who goes by it, for people. */
  readonly usedBy: string
  status(root: TrustedRoot): Promise<TrustStatus>
  /** Idempotent. @throws SwitchyardError `trust-store-failed`, its hint the command to run by hand. */
  install(root: TrustedRoot): Promise<void>
  /** Idempotent. @throws SwitchyardError `trust-store-failed` */
  uninstall(root: TrustedRoot): Promise<void>
}
/** What a store is told of an authority. */
export interface TrustedRoot {
  /** As the store lists it: `Switchyard local 4E9A07C1`. Unique. */
  readonly label: string
  /** Path of its PEM file. */
  readonly certFile: string
  /** PEM. */
  readonly certificate: string
  /** Hex digits without colons, upper case. */
  readonly sha256: string
  readonly sha1: string
}
export type TrustStatus =
  | { readonly state: 'trusted' }
  | { readonly state: 'absent' }
  /** It can't be told: a tool is missing, a database is locked. */
  | { readonly state: 'unknown'; readonly why: string; readonly hint: string }

export interface CommandResult {
  /** Exit code; null where it was killed or took too long. */
  readonly code: number | null
  readonly stdout: string
  readonly stderr: string
  /** The program is not installed. */
  readonly missing: boolean
}
/** Runs a program with these arguments, without a shell and without input. Never throws. */
export type Run = (file: string, args: readonly string[]) => Promise<CommandResult>

const maxOutputBytes = 4_194_304

/** A command that asks a person (macOS's keychain, Windows' Root store) waits for them: two minutes. */
export const runCommand: Run = (file, args) =>
  new Promise((resolve) => {
    const options = { timeout: 120_000, maxBuffer: maxOutputBytes, windowsHide: true, encoding: 'utf8' as const }
    const child = execFile(file, args, options, (failed, stdout, stderr) => {
      const code = failed ? (typeof failed.code === 'number' ? failed.code : null) : 0
      resolve({ code, stdout, stderr: stderr || (failed?.message ?? ''), missing: isMissing(failed) })
    })
    child.stdin?.end()
  })

/** A command line as somebody would type it. */
export function commandLine(file: string, args: readonly string[]): string {
  return [file, ...args].map(quoted).join(' ')
}

/** Runs, and throws where it failed: `what` could not be done, and the command to run by hand. */
export async function runOrThrow(run: Run, what: string, file: string, args: readonly string[], byHand?: string): Promise<CommandResult> {
  const result = await run(file, args)
  if (result.code === 0) return result
  throw trustStoreFailed(`${what}: ${reason(file, result)}`, `Run by hand: ${byHand ?? commandLine(file, args)}`)
}

export function trustStoreFailed(message: string, hint: string, cause?: unknown): SwitchyardError {
  return new SwitchyardError('trust-store-failed', message, { hint, ...(cause === undefined ? {} : { cause }) })
}

/** The first line that a failed program wrote; else how it ended. */
export function reason(file: string, result: CommandResult): string {
  if (result.missing) return `${file} is not installed.`
  const said = (result.stderr.trim() || result.stdout.trim()).split('\n')[0] ?? ''
  return said === '' ? `${file} ended with ${String(result.code)}.` : said.slice(0, 300)
}

function isMissing(failed: ExecFileException | null): boolean {
  return failed?.code === 'ENOENT'
}

function quoted(word: string): string {
  return /^[\w./:=,@%+-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`
}
