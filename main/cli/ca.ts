import { dirname } from 'node:path'
import { SwitchyardError } from '../../shared/errors.js'
import { Authorities, isFirst } from '../certs/authorities.js'
import type { Authority } from '../certs/authority.js'
import { caInstall, caPath, caStatus, caUninstall } from '../certs/ca-command.js'
import type { CaStatus, StoreOutcome } from '../certs/ca-command.js'
import { caIssue } from '../certs/ca-issue.js'
import type { IssuedPair } from '../certs/ca-issue.js'
import { rangeText } from '../certs/permitted.js'
import { readWords } from './arguments.js'
import { dataFolder } from '../host/data-folder.js'
import { ownLine } from './own-line.js'
import { printLines } from './print.js'

export const caHelp = `switchyard ca status               the local authorities, and which trust stores have them
switchyard ca path [--bundle]      path of one PEM file with all of them; --bundle: the system's roots too
switchyard ca issue NAME… [--out DIR]   a certificate and key for these names
switchyard ca install              has the trust stores of this user and system trust them
switchyard ca uninstall            takes them out again

  --data DIR    where they live
  --json        as JSON

issue prints where it wrote each certificate and key, into this folder unless --out says another.

To undo an install: switchyard ca uninstall. Keys of authorities never leave the data folder.
Exit code: 0 done, 1 something failed (or an authority is broken), 64 a wrong argument.
`

const options = {
  data: { type: 'string' },
  json: { type: 'boolean' },
  bundle: { type: 'boolean' },
  out: { type: 'string' }
} as const

/** @returns the exit code. */
export async function ca(words: readonly string[]): Promise<number> {
  const { values, positionals } = readWords('ca', words, options)
  const [what, ...names] = positionals
  if (what !== 'issue' && names.length > 0)
    throw new SwitchyardError('bad-argument', `ca ${what} takes no names: ${names.join(' ')}.`, { hint: 'switchyard ca --help' })
  const authorities = new Authorities({ dataDir: dataFolder(values.data) })
  const context = { authorities }
  const print = (plain: unknown, lines: readonly string[]): void => {
    if (values.json === true) process.stdout.write(`${JSON.stringify(plain)}\n`)
    else printLines(process.stdout, lines)
  }
  if (what === undefined || what === 'status') {
    const status = await caStatus(context)
    print(status, statusLines(status))
    return status.broken.length === 0 ? 0 : 1
  }
  if (what === 'path') {
    const path = await caPath(context, { bundle: values.bundle === true })
    print({ path }, [path])
    return 0
  }
  if (what === 'issue') {
    if (names.length === 0) throw new SwitchyardError('bad-argument', 'ca issue needs a name.', { hint: 'switchyard ca issue app.test' })
    const before = (await authorities.list()).map(({ name }) => name)
    const issued = await caIssue(authorities, names, values.out ?? process.cwd())
    print(issued, issued.flatMap(issuedLines))
    if (values.json !== true) {
      const made = (await authorities.list()).flatMap((found) =>
        'authority' in found && !before.includes(found.name) ? [found.authority] : []
      )
      printLines(process.stderr, made.flatMap(madeLines))
    }
    return 0
  }
  if (what === 'install' || what === 'uninstall') {
    const outcomes = await (what === 'install' ? caInstall(context) : caUninstall(context))
    print(outcomes, outcomeLines(outcomes))
    return outcomes.some(({ outcome }) => outcome === 'failed') ? 1 : 0
  }
  throw new SwitchyardError('bad-argument', `There is no ca ${what}.`, { hint: 'switchyard ca --help lists what there is.' })
}

/** Whoever trusted all authorities before does not trust a new one. One for names of the world is no small thing to have about. */
function madeLines({ name, permitted, certFile }: Authority): string[] {
  const trust = `note: The authority ${name} was made for it: ${ownLine('ca', 'install')} has this machine trust it.`
  if (isFirst(permitted)) return [trust]
  const names = [...permitted.names, ...permitted.ranges.map(rangeText)].join(', ')
  return [
    trust,
    `note: Whoever has its key can be ${names} to all that trust it, and what is below ${names.includes(', ') ? 'these names' : 'that name'}.`,
    `note: To be rid of it: ${ownLine('ca', 'uninstall')} takes all authorities out of the trust stores; then delete ${dirname(certFile)}.`
  ]
}

function issuedLines({ names, certFile, keyFile, notAfter }: IssuedPair): string[] {
  return [`${names.join(', ')}, until ${notAfter}`, `  certificate  ${certFile}`, `  key          ${keyFile}`]
}

function statusLines({ authorities, broken }: CaStatus): string[] {
  if (authorities.length + broken.length === 0)
    return [`No local authority yet: the first is made when something is served over TLS, or by ${ownLine('ca', 'install')}.`]
  const lines = authorities.flatMap(({ name, certFile, names, addresses, notAfter, fingerprint256, trust }) => [
    `${name}`,
    `  certificate  ${certFile}`,
    `  SHA-256      ${fingerprint256}`,
    `  ends         ${notAfter}`,
    `  may issue    ${[...names, ...addresses].join(', ')}`,
    ...trust.map((store) => `  ${store.state.padEnd(12)} ${store.label} (${store.usedBy})`)
  ])
  return [...lines, ...broken.map(({ name, message, hint }) => `${name}: ${message}${hint === undefined ? '' : ` ${hint}`}`)]
}

function outcomeLines(outcomes: readonly StoreOutcome[]): string[] {
  if (outcomes.length === 0) return ['There was nothing to do: no trust store was found.']
  return outcomes.flatMap((each) => {
    const said = `${each.authority}  ${each.label}  ${each.outcome}`
    return each.outcome === 'failed' ? [`${said}: ${each.message}`, ...(each.hint === null ? [] : [`    ${each.hint}`])] : [said]
  })
}
