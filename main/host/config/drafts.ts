import { createHash } from 'node:crypto'
import { mkdirSync, readFileSync, readdirSync, rmSync, statSync } from 'node:fs'
import { join } from 'node:path'
import * as v from 'valibot'
import { writeAtomically } from '../../capture/sessions/write-atomically.js'
import { maxDraftChars } from '../../../shared/requests.js'
import { SwitchyardError } from '../../../shared/errors.js'

/** A draft's text takes so many bytes at most, and so many drafts are kept. */
const maxDraftBytes = 4 * 1024 * 1024
const maxDrafts = 1000
/** Two texts, and JSON writes a control character as six. */
const maxFileBytes = 2 * 6 * maxDraftBytes + 65_536

const draftSchema = v.object({
  path: v.string(),
  text: v.pipe(v.string(), v.maxLength(maxDraftChars)),
  /** Of the disk's bytes when it was begun; null: there was no file. */
  base: v.nullable(v.string()),
  /** Of a text that no file has: what of it was served last, with which it is opened again. */
  applied: v.optional(v.string()),
  coding: v.object({ encoding: v.picklist(['utf-8', 'latin1']), lineEnds: v.picklist(['lf', 'crlf']), bom: v.boolean() })
})
/** An edited text that is not on the disk, and how it would be written. */
export type Draft = v.InferOutput<typeof draftSchema>

/** Drafts of config files, one file each in the data folder, so that they outlive the program and are the same for all that share the folder. */
export class Drafts {
  readonly #folder: string
  constructor(dataDir: string) {
    this.#folder = join(dataDir, 'drafts')
  }

  /** null: there is none, or none that can be read. */
  get(path: string): Draft | null {
    try {
      const file = this.#fileOf(path)
      if (statSync(file).size > maxFileBytes) return null
      const parsed = v.safeParse(draftSchema, JSON.parse(readFileSync(file, 'utf8')))
      return parsed.success && parsed.output.path === path ? parsed.output : null
    } catch {
      return null
    }
  }

  /** @throws SwitchyardError `request-invalid` for a text that is too large, `settings-unwritable` */
  put(draft: Draft): void {
    if (Buffer.byteLength(draft.text) > maxDraftBytes) throw tooLarge(draft.path)
    const file = this.#fileOf(draft.path)
    try {
      mkdirSync(this.#folder, { recursive: true, mode: 0o700 })
      if (statSync(file, { throwIfNoEntry: false }) === undefined && readdirSync(this.#folder).length >= maxDrafts) {
        throw new Error(`there are ${maxDrafts} already`)
      }
      writeAtomically(file, JSON.stringify(draft))
    } catch (thrown) {
      const why = thrown instanceof Error ? thrown.message : String(thrown)
      throw new SwitchyardError('settings-unwritable', `The draft of ${draft.path} cannot be kept in ${this.#folder}: ${why}.`, {
        hint: 'Make room there, or save the file.',
        cause: thrown
      })
    }
  }

  drop(path: string): void {
    rmSync(this.#fileOf(path), { force: true })
  }

  #fileOf(path: string): string {
    return join(this.#folder, `${createHash('sha256').update(path).digest('hex')}.json`)
  }
}

function tooLarge(path: string): SwitchyardError {
  return new SwitchyardError('request-invalid', `The draft of ${path} is larger than ${maxDraftBytes / 1024 ** 2} MiB.`, {
    hint: 'Edit files of that size in another editor; the change is noticed here.'
  })
}
