import { once } from 'node:events'
import { writeLines } from '../capture/export/export-file.js'
import { ndjsonLines } from '../capture/export/ndjson.js'
import { Sessions } from '../capture/sessions/sessions.js'
import { SwitchyardError } from '../../shared/errors.js'
import { readWords } from './arguments.js'
import { dataFolder } from '../host/data-folder.js'
import { printLines } from './print.js'
import { listSessions } from './session-list.js'

export const exportHelp = `switchyard export SESSION --ndjson FILE|-    what was captured
switchyard export --list                     the sessions there are: name, start, size, and whether one is open

  SESSION          a path, a name, or last
  --ndjson FILE    one JSON object a line: exchanges, bodies, frames; - is standard output. A capture is not written over
  --data DIR       whose sessions are meant
  --json           an error is one JSON object on standard error; the list is one JSON array

Lines have a type: exchange (method, host, target, status, heads, attempts, decisions, gaps, counts; times in µs since
the epoch), body (text or base64), frame (from, number, opcode, length, stored, and text or base64, unmasked; a payload
that is longer than what is kept has stored < length). Each of an exchange's decisions names the lines of the config:
routeBy (where it went), tookBy (took part), missedBy (did not apply), as {id, file, line, directive}.

A session may be exported while it is written: what is committed by then is in it. One without traffic is told on
standard error.
Exit code: 0 written, 1 no such session or not writable, 64 a wrong argument.
`

const options = { ndjson: { type: 'string' }, list: { type: 'boolean' }, data: { type: 'string' }, json: { type: 'boolean' } } as const

/** @returns the exit code. */
export async function exportSession(words: readonly string[]): Promise<number> {
  const { values, positionals } = readWords('export', words, options)
  const [session, ...more] = positionals
  if (values.list === true) return list(positionals, values)
  if (session === undefined || more.length > 0)
    throw new SwitchyardError('bad-argument', 'export needs one session.', { hint: 'switchyard export last --ndjson -' })
  if (values.ndjson === undefined)
    throw new SwitchyardError('bad-argument', 'export needs a format.', {
      hint: `switchyard export ${session} --ndjson FILE, or - for standard output`
    })
  const file = new Sessions(dataFolder(values.data)).find(session)
  const count = { exchanges: 0 }
  const lines = countedLines(ndjsonLines(file, new AbortController().signal), count)
  if (values.ndjson === '-') await intoStandardOutput(lines)
  else await writeLines(values.ndjson, lines, file)
  if (count.exchanges === 0 && values.json !== true) printLines(process.stderr, [`0 exchanges in ${file}`])
  return 0
}

function list(positionals: readonly string[], { ndjson, data, json }: { ndjson?: string; data?: string; json?: boolean }): number {
  if (positionals.length > 0 || ndjson !== undefined)
    throw new SwitchyardError('bad-argument', 'export --list takes no session and no format.', { hint: 'switchyard export --list' })
  listSessions(dataFolder(data), json === true)
  return 0
}

async function* countedLines(lines: AsyncIterable<string>, count: { exchanges: number }): AsyncGenerator<string> {
  for await (const line of lines) {
    if (line.startsWith('{"type":"exchange"')) count.exchanges++
    yield line
  }
}

/** It is not ours to end. */
async function intoStandardOutput(lines: AsyncIterable<string>): Promise<void> {
  for await (const line of lines) if (!process.stdout.write(line)) await once(process.stdout, 'drain')
}
