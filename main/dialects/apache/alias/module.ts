import type { Command, Module } from '../config/module.js'
import { fromPcre } from '../http/regex.js'

export interface Mapping {
  readonly fake: string
  readonly pattern: RegExp | null
  readonly real: string
  readonly id: number
}
export interface Redirect extends Mapping {
  readonly status: number
}
export interface AliasServer {
  redirects: Redirect[]
  aliases: Mapping[]
}
export interface AliasDir {
  redirects: Redirect[]
  /** `Redirect` of a `<Location>` with a target alone: everything below it goes to that one URL. */
  whole?: { readonly status: number; readonly target: string; readonly id: number }
}

type AliasCommand = Command<AliasServer, AliasDir>

const words: Readonly<Record<string, number>> = { permanent: 301, temp: 302, seeother: 303, gone: 410 }

function redirect(fixed: number | null, regex: boolean): AliasCommand {
  return (place) => {
    const args = [...place.args]
    const named = fixed === null ? statusWord(args[0] ?? '') : undefined
    if (named !== undefined) args.shift()
    const status = named ?? fixed ?? 302
    const bare = named !== undefined && (status < 300 || status > 399)
    if (place.section !== null && !regex && (bare ? args.length === 0 : args.length === 1)) {
      place.dir.whole = { status, target: args[0] ?? '', id: place.directive.id }
      return
    }
    const entry = mapping(place, args, regex)
    if (entry === null) return
    const list = place.section === null ? place.server.redirects : place.dir.redirects
    list.push({ ...entry, status })
  }
}

function statusWord(word: string): number | undefined {
  return words[word.toLowerCase()] ?? (/^\d/.test(word) ? Number.parseInt(word, 10) : undefined)
}

function mapping(place: Parameters<AliasCommand>[0], args: readonly string[], regex: boolean): Mapping | null {
  const [fake = '', real = ''] = args
  const pattern = regex ? fromPcre(fake) : null
  if (regex && pattern === null) {
    place.say('unsupported-directive', 'warning', `The pattern ${fake} is not one that can be run here.`, { routing: true })
    return null
  }
  return { fake, pattern, real, id: place.directive.id }
}

function alias(regex: boolean): AliasCommand {
  return (place) => {
    if (place.section !== null) {
      place.say('unsupported-directive', 'warning', `${place.directive.name} in a section is not modelled yet.`, { routing: true })
      return
    }
    const entry = mapping(place, place.args, regex)
    if (entry !== null) place.server.aliases.push({ ...entry, real: place.path(entry.real) })
  }
}

export const aliasModule: Module<AliasServer, AliasDir> = {
  createServer: () => ({ redirects: [], aliases: [] }),
  // a virtual host's own lines come first (mod_alias appends the main server's behind them)
  mergeServer: (base, add) => ({ redirects: [...add.redirects, ...base.redirects], aliases: [...add.aliases, ...base.aliases] }),
  createDir: () => ({ redirects: [] }),
  mergeDir: (base, add) => {
    const whole = add.whole ?? base.whole
    return { redirects: [...add.redirects, ...base.redirects], ...(whole === undefined ? {} : { whole }) }
  },
  commands: {
    redirect: redirect(null, false),
    redirectmatch: redirect(null, true),
    redirecttemp: redirect(302, false),
    redirectpermanent: redirect(301, false),
    alias: alias(false),
    aliasmatch: alias(true)
  }
}
