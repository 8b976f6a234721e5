import { execFile } from 'node:child_process'

/** What `apache2 -t` says: whether it takes the config, and if not, what it says of which line of which file. */
export interface RealVerdict {
  readonly ok: boolean
  readonly message: string
  readonly file: string | null
  readonly line: number | null
  /** The signal that httpd died of, reading it. */
  readonly crashed: string | null
}

const server = '/usr/sbin/apache2'
const located = /Syntax error on line (\d+) of ((?:macro '[^']*' \(.*?\) used on line \d+ of )?[^\n]*?):(?=\s)/g

/** Asks the real server about a config. */
export function askHttpd(folder: string, config: string, defines: readonly string[] = []): Promise<RealVerdict> {
  const args = ['-t', '-d', folder, '-f', config, ...defines.flatMap((name) => ['-D', name])]
  return new Promise((resolve, reject) => {
    execFile(server, args, { encoding: 'latin1', maxBuffer: 1 << 24 }, (error, _stdout, stderr) => {
      if (error !== null && typeof error.code !== 'number' && typeof error.signal !== 'string') reject(error)
      else resolve(readVerdict(error === null, stderr, error?.signal ?? null))
    })
  })
}

/** Errors of included files come as a chain: the last place is where it happened. */
export function readVerdict(ok: boolean, stderr: string, crashed: string | null = null): RealVerdict {
  const last = [...stderr.matchAll(located)].at(-1)
  if (last === undefined) return { ok, message: stderr.trim(), file: null, line: null, crashed }
  const message = stderr.slice(last.index + last[0].length).trim()
  return { ok, message, file: last[2] ?? null, line: Number(last[1]), crashed }
}
