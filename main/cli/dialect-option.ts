import { SwitchyardError } from '../../shared/errors.js'
import type { DialectName } from '../../shared/site.js'

const names: Readonly<Record<string, DialectName>> = { apache: 'apache', nginx: 'nginx', switchyard: 'native' }

/** `--dialect`; undefined: to be detected. @throws SwitchyardError `bad-argument` */
export function readDialect(text: string | undefined): DialectName | null {
  if (text === undefined) return null
  const name = names[text]
  if (name !== undefined) return name
  throw new SwitchyardError('bad-argument', `--dialect ${text} is not known.`, { hint: `One of ${Object.keys(names).join(', ')}.` })
}
