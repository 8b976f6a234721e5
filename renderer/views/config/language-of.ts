import { StreamLanguage } from '@codemirror/language'
import type { Extension } from '@codemirror/state'
import { apacheLanguage } from './apache-language.js'
import { jsonLanguage } from './json-language.js'

const apache = StreamLanguage.define(apacheLanguage)
const json = StreamLanguage.define(jsonLanguage)

/** The colours of a file: by its ending, since a config may have one dialect only and a name of any kind. */
export function languageOf(file: string): Extension {
  return /\.json$/i.test(file) ? json : apache
}
