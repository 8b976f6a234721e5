import { createWriteStream } from 'node:fs'
import { once } from 'node:events'
import type { Writable } from 'node:stream'
import { ndjsonLines } from '../capture/export/ndjson.js'
import { Sessions } from '../capture/sessions/sessions.js'
import { SwitchyardError } from '../../shared/errors.js'
import { readWords } from './arguments.js'
import { dataFolder } from './data-folder.js'

export const exportHelp = `switchyard export SESSION --ndjson FILE|-    what was captured

  SESSION          a path, a name, or last
  --ndjson FILE    one JSON object a line: exchanges, bodies, frames; - is standard output
  --data DIR       whose sessions are meant

A session may be exported while it is written: what is committed by then is in it.
`

const options = { ndjson: { type: 'string' }, data: { type: 'string' } } as const

/** @returns the exit code. */
export async function exportSession(words: readonly string[]): Promise<number> {
  const { values, positionals } = readWords('export', words, options)
  const [session, ...more] = positionals
  if (session === undefined || more.length > 0)
    throw new SwitchyardError('bad-argument', 'export needs one session.', { hint: 'switchyard export last --ndjson -' })
  if (values.ndjson === undefined)
    throw new SwitchyardError('bad-argument', 'export needs a format.', {
      hint: `switchyard export ${session} --ndjson FILE, or - for standard output`
    })
  const file = new Sessions(dataFolder(values.data)).find(session)
  await writeLines(values.ndjson, ndjsonLines(file, new AbortController().signal))
  return 0
}

async function writeLines(to: string, lines: AsyncIterable<string>): Promise<void> {
  const out: Writable = to === '-' ? process.stdout : createWriteStream(to)
  let failed: Error | null = null
  out.on('error', (error) => (failed = error))
  for await (const line of lines) {
    if (!out.write(line)) await Promise.race([once(out, 'drain'), once(out, 'close')]).catch(() => null)
    if (failed !== null) break
  }
  if (to !== '-') await new Promise<void>((resolve) => out.end(() => resolve()))
  if (failed !== null)
    throw new SwitchyardError('capture-unwritable', `${to} cannot be written: ${(failed as Error).message}`, {
      hint: 'Choose another file.',
      cause: failed
    })
}
