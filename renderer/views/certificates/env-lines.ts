import { quoted, shellLine } from '../../../shared/shell-words.js'
import type { Shell } from '../../../shared/shell-words.js'
import { resolveWords } from '../../state/served-name.js'
import type { Asked } from '../../state/served-name.js'

export const shells: readonly { readonly value: Shell; readonly label: string }[] = [
  { value: 'sh', label: 'bash, zsh' },
  { value: 'fish', label: 'fish' },
  { value: 'powershell', label: 'PowerShell' }
]

/** A line for a terminal, and who reads what it sets. */
export interface EnvLine {
  readonly who: string
  readonly line: string
}
export interface EnvFacts {
  /** The words that run `switchyard` in that terminal. */
  readonly command: readonly string[]
  /** Those that name it the data folder, where it has to be told. */
  readonly data: readonly string[]
  /** The authorities that Java is given one by one, each under a name of its keystore. */
  readonly roots: readonly { readonly certFile: string; readonly alias: string }[]
  /** What curl asks for. */
  readonly asked: Asked
}

/** Clients that go by no trust store of the system, and what each is told. `--bundle` where a setting replaces the system's roots. */
export function envLines(shell: Shell, { command, data, roots, asked }: EnvFacts): readonly EnvLine[] {
  const path = (bundle: boolean): string => shellLine([...command, 'ca', 'path', ...(bundle ? ['--bundle'] : []), ...data], shell)
  const set = (name: string, bundle: boolean): string => assignment(shell, name, path(bundle))
  return [
    { who: 'Node.js', line: set('NODE_EXTRA_CA_CERTS', false) },
    { who: 'OpenSSL, Go, Ruby', line: set('SSL_CERT_FILE', true) },
    { who: 'Python requests', line: set('REQUESTS_CA_BUNDLE', true) },
    {
      who: 'curl',
      line: `${shell === 'powershell' ? 'curl.exe' : 'curl'} --cacert ${substitute(shell, path(true))} ${curlWords(asked, shell)}`
    },
    ...roots.map(({ certFile, alias }) => ({ who: 'Java', line: shellLine([...keytool, '-alias', alias, '-file', certFile], shell) }))
  ]
}

function curlWords({ url, at }: Asked, shell: Shell): string {
  return [...resolveWords(at), url].map((word) => quoted(word, shell)).join(' ')
}

const keytool = ['keytool', '-importcert', '-cacerts', '-storepass', 'changeit', '-noprompt'] as const

/** The three of them that are set for a whole terminal, in one piece. */
export function envBlock(lines: readonly EnvLine[]): string {
  return lines
    .slice(0, 3)
    .map(({ line }) => line)
    .join('\n')
}

function assignment(shell: Shell, name: string, value: string): string {
  if (shell === 'fish') return `set -gx ${name} (${value})`
  return shell === 'powershell' ? `$env:${name} = (${value})` : `export ${name}="$(${value})"`
}
function substitute(shell: Shell, command: string): string {
  return shell === 'sh' ? `"$(${command})"` : `(${command})`
}
