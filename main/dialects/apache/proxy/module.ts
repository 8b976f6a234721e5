import { isOn, overAll, type Command, type Module } from '../config/module.js'
import { duration } from '../core/module.js'
import { fromPcre } from '../http/regex.js'
import { parseOrigin } from './origin.js'
import { parsePrefix, type Prefix } from './prefix.js'
import { parameters, type WorkerParameters } from './parameters.js'
import { defineWorker, type Worker } from './worker.js'
import { Workers } from './workers.js'

/** One `ProxyPass` or `ProxyPassMatch`. `real` is `!` where it says not to proxy. */
export interface ProxyAlias {
  readonly fake: string
  readonly pattern: RegExp | null
  readonly real: string
  readonly prefix: Prefix | null
  readonly nocanon: boolean
  readonly noquery: boolean
  readonly id: number
}
/** `ProxyPassReverse` and its cookie kin: what is found, what it becomes. */
export interface ReverseRule {
  readonly fake: string
  readonly real: string
  readonly id: number
}
export interface ProxyServer {
  aliases: ProxyAlias[]
  workers: Workers
  via?: 'off' | 'on' | 'full' | 'block'
  timeoutMs?: number
  maxForwards?: number
  badHeader?: 'isError' | 'ignore' | 'startBody'
}
export interface ProxyDir {
  alias?: ProxyAlias
  reverse: ReverseRule[]
  cookiePaths: ReverseRule[]
  cookieDomains: ReverseRule[]
  preserveHost?: boolean
  preserveHostId?: number
  addHeaders?: boolean
  addHeadersId?: number
  errorOverride?: boolean
  errorOverrideCodes?: readonly number[]
  continue100?: boolean
}
type ProxyCommand = Command<ProxyServer, ProxyDir>
type Place = Parameters<ProxyCommand>[0]

function proxyPass(regex: boolean): ProxyCommand {
  return (place) => {
    const words = [...place.args]
    let pattern = regex || place.section?.regex === true
    if (words[0] === '~' && place.section === null) {
      pattern = true
      words.shift()
    }
    const fake = place.section === null ? (words.shift() ?? '') : place.section.path
    const real = words.shift() ?? ''
    if (place.section !== null && /[*?[]/.test(fake)) pattern = true
    const flags = new Set(words.filter((word) => !word.includes('=')).map((word) => word.toLowerCase()))
    const compiled = pattern ? fromPcre(fake) : null
    if (pattern && compiled === null) return unsupported(place, `the pattern ${fake} is not one that can be run here`)
    const id = place.directive.id
    const alias: ProxyAlias = {
      fake,
      pattern: compiled,
      real,
      prefix: parsePrefix(real),
      nocanon: flags.has('nocanon'),
      noquery: flags.has('noquery'),
      id
    }
    if (flags.has('interpolate')) return unsupported(place, 'interpolate is not modelled yet')
    if (real !== '!' && !target(place, alias, words)) return
    if (place.section === null) place.server.aliases.push(alias)
    else place.dir.alias = alias
  }
}

/** Finds or makes the worker of a target. False: the target is not modelled. */
function target(place: Place, alias: ProxyAlias, words: readonly string[]): boolean {
  const settings = parameters(place, words)
  if (settings === null) return false
  const origin = parseOrigin(alias.real)
  if (origin === null) {
    unsupported(place, `the target ${alias.real} is not modelled yet`)
    return false
  }
  const shared = place.server.workers.find(origin.name, alias.pattern !== null)
  if (shared === null) place.server.workers.add(defineWorker(origin, settings, alias.pattern !== null, place.directive.id))
  else reportSharing(place, shared, settings)
  return true
}

function reportSharing(place: Place, worker: Worker, settings: WorkerParameters): void {
  for (const name of settings.named) {
    place.say(
      'apache-shared-worker',
      'warning',
      `${name} is ignored: this target shares the worker ${worker.name}, whose first ProxyPass decides.`,
      {
        hint: `Give ${name} on the first ProxyPass to ${worker.name}, or put the longer URL first.`
      }
    )
  }
}

function unsupported(place: Place, why: string): void {
  place.say('unsupported-directive', 'warning', `${place.directive.name}: ${why}.`, { routing: true })
}

/** In a section the path is the section's. */
function reverse(key: 'reverse' | 'cookiePaths' | 'cookieDomains'): ProxyCommand {
  return (place) => {
    const words = place.args.filter((word) => word.toLowerCase() !== 'interpolate')
    if (words.length < place.args.length) unsupported(place, 'interpolate is not modelled yet')
    const inSection = key === 'reverse' && place.section !== null
    const [fake = '', real = ''] = inSection ? [place.section?.path, words[0]] : words
    place.dir[key].push({ fake, real, id: place.directive.id })
  }
}

const proxyErrorOverride: ProxyCommand = ({ dir, args }) => {
  dir.errorOverride = isOn(args[0])
  if (args.length > 1) dir.errorOverrideCodes = args.slice(1).map(Number)
}

export const proxyModule: Module<ProxyServer, ProxyDir> = {
  createServer: () => ({ aliases: [], workers: new Workers() }),
  // the main server's lines come before the virtual host's own
  mergeServer: (base, add) => ({
    ...overAll(base, add),
    aliases: [...base.aliases, ...add.aliases],
    workers: new Workers([...base.workers.list, ...add.workers.list])
  }),
  createDir: () => ({ reverse: [], cookiePaths: [], cookieDomains: [] }),
  mergeDir: (base, add) => ({
    ...overAll(base, add),
    reverse: [...base.reverse, ...add.reverse],
    cookiePaths: [...base.cookiePaths, ...add.cookiePaths],
    cookieDomains: [...base.cookieDomains, ...add.cookieDomains]
  }),
  commands: {
    proxypass: proxyPass(false),
    proxypassmatch: proxyPass(true),
    proxypassreverse: reverse('reverse'),
    proxypassreversecookiepath: reverse('cookiePaths'),
    proxypassreversecookiedomain: reverse('cookieDomains'),
    proxypreservehost: ({ dir, args, directive }) => {
      dir.preserveHost = isOn(args[0])
      dir.preserveHostId = directive.id
    },
    proxyaddheaders: ({ dir, args, directive }) => {
      dir.addHeaders = isOn(args[0])
      dir.addHeadersId = directive.id
    },
    proxyerroroverride: proxyErrorOverride,
    proxy100continue: ({ dir, args }) => void (dir.continue100 = isOn(args[0])),
    proxyvia: ({ server, args }) => void (server.via = (args[0] ?? 'off').toLowerCase() as 'off' | 'on' | 'full' | 'block'),
    proxytimeout: ({ server, args }) => {
      const ms = duration(args[0] ?? '')
      if (ms !== null) server.timeoutMs = ms
    },
    proxymaxforwards: ({ server, args }) => void (server.maxForwards = Number(args[0])),
    proxybadheader: ({ server, args }) => {
      const words: Readonly<Record<string, 'isError' | 'ignore' | 'startBody'>> = {
        iserror: 'isError',
        ignore: 'ignore',
        startbody: 'startBody'
      }
      server.badHeader = words[(args[0] ?? '').toLowerCase()] ?? 'isError'
    },
    proxyrequests: (place) => {
      if (isOn(place.args[0])) unsupported(place, 'a forward proxy is not modelled yet')
    },
    proxypassinterpolateenv: (place) => {
      if (isOn(place.args[0])) unsupported(place, 'interpolation is not modelled yet')
    },
    proxypassinherit: (place) => {
      if (!isOn(place.args[0])) unsupported(place, 'ProxyPassInherit Off is not modelled yet')
    },
    proxywebsocketfallbacktoproxyhttp: (place) => {
      if (!isOn(place.args[0])) unsupported(place, 'the native tunnel (Off) is not modelled yet')
    }
  }
}
