import { SwitchyardError } from '../../shared/errors.js'
import type { Finding } from '../../shared/trace.js'
import { FileConfigHost } from '../host/config-host.js'
import { checkCertificate } from '../certs/key-pair-files.js'
import { loadConfig } from '../host/load-config.js'
import { plainSpec } from '../host/serve-spec.js'
import { readDefine, readWords } from './arguments.js'
import { readDialect } from './dialect-option.js'
import { findingLines } from './finding-lines.js'
import { counted, printLines } from './print.js'

export const checkHelp = `switchyard check CONFIG…    what is wrong with a config, or not modelled yet

  --dialect apache|switchyard   say what it is; otherwise detected
  -D, --define NAME[=VALUE]     as httpd's -D (repeatable)
  --json                        one JSON object: dialect, accepted, findings

Reads the config as serve does, and binds nothing. Findings go to standard output, the worst first. What is not
modelled yet and changes routing is an error here, as serve refuses it without --lenient.
Exit code: 0 no finding of severity error, 1 some, 2 a config that cannot be read, 64 a wrong argument.
`

const options = {
  dialect: { type: 'string' },
  define: { type: 'string', short: 'D', multiple: true },
  json: { type: 'boolean' }
} as const

/** @returns the exit code. */
export function check(words: readonly string[]): number {
  const { values, positionals } = readWords('check', words, options)
  if (positionals.length === 0) throw new SwitchyardError('bad-argument', 'check needs a config.', { hint: 'switchyard check CONFIG…' })
  const spec = {
    ...plainSpec(positionals),
    dialect: readDialect(values.dialect),
    defines: (values.define ?? []).map(readDefine)
  }
  const { loaded, dialect } = loadConfig(spec, new FileConfigHost(checkCertificate), 0)
  const findings = loaded.findings.map(asServeTakesIt)
  if (values.json === true) process.stdout.write(`${JSON.stringify({ dialect, accepted: loaded.site !== null, findings })}\n`)
  else printLines(process.stdout, [...findingLines(findings), summary(findings), ...verdict(findings)])
  const errors = findings.filter(({ severity }) => severity === 'error').length
  return errors === 0 ? 0 : 1
}

/** Exit code and severity say one thing: a config that serve does not start with has an error. `routing` still says of which kind. */
function asServeTakesIt(finding: Finding): Finding {
  return finding.routing ? { ...finding, severity: 'error' } : finding
}

function summary(findings: readonly Finding[]): string {
  const count = (of: Finding['severity'], what: string): string => counted(findings.filter(({ severity }) => severity === of).length, what)
  return [count('error', 'error'), count('warning', 'warning'), count('info', 'note')].join(', ')
}

function verdict(findings: readonly Finding[]): string[] {
  const errors = findings.filter(({ severity }) => severity === 'error')
  return errors.length > 0 && errors.every(({ routing }) => routing) ? ['serve refuses this without --lenient'] : []
}
