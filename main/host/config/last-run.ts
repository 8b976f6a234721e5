import { mkdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import * as v from 'valibot'
import { writeAtomically } from '../../capture/sessions/write-atomically.js'
import { demoPath } from '../demo.js'
import type { ServeSpec } from '../serve-spec.js'
import type { ConfigSource } from '../../../shared/site.js'

/** Texts beyond it are read from the disk again. */
const maxTextChars = 32 * 1024 * 1024

const text = v.string()
const port = v.pipe(v.number(), v.integer(), v.minValue(0), v.maxValue(65_535))
const source = v.object({ path: text, text })
const place = v.object({ address: text, port, tls: v.boolean() })
const specSchema = v.object({
  files: v.array(text),
  inline: v.nullable(source),
  dialect: v.nullable(v.picklist(['apache', 'nginx', 'native'])),
  defines: v.array(v.tuple([text, text])),
  lenient: v.boolean(),
  listen: v.array(place),
  ports: v.array(v.tuple([port, port])),
  expose: v.boolean(),
  keepPorts: v.boolean(),
  maps: v.array(text),
  overlays: v.array(source)
})

/** What was served last. The demo has a backend of its own, which has to be started first. */
export type LastRun =
  { readonly what: 'config'; readonly spec: ServeSpec } | { readonly what: 'demo'; readonly listen: ServeSpec['listen'] }

/** @param read the texts as they were read: they are what is served, whatever becomes of the disk. */
export function writeLastRun(dataDir: string, spec: ServeSpec, read: readonly ConfigSource[]): void {
  const small = read.reduce((sum, each) => sum + each.text.length, 0) <= maxTextChars
  mkdirSync(dataDir, { recursive: true, mode: 0o700 })
  writeAtomically(fileIn(dataDir), JSON.stringify({ ...spec, overlays: small ? read : spec.overlays }))
}

/** What a start restores; null: nothing was served yet, or it cannot be read. */
export function readLastRun(dataDir: string): LastRun | null {
  try {
    const { output, success } = v.safeParse(specSchema, JSON.parse(readFileSync(fileIn(dataDir), 'utf8')))
    if (!success) return null
    if (output.inline?.path === demoPath) return { what: 'demo', listen: output.listen }
    return output.files.length > 0 || output.inline !== null ? { what: 'config', spec: output } : null
  } catch {
    return null
  }
}

function fileIn(dataDir: string): string {
  return join(dataDir, 'last-run.json')
}
