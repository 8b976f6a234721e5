import type { Command, Module } from '../config/module.js'
import { fromPcre } from '../http/regex.js'

/** One `SetEnvIf` line: what is looked at, the pattern, and what is set (`null`: unset) where it matches. */
export interface EnvRule {
  readonly of: 'remoteAddr' | 'serverAddr' | 'uri' | 'method' | 'protocol' | 'named' | 'namedLike'
  readonly name: string
  readonly nameLike: RegExp | null
  readonly pattern: RegExp
  readonly sets: readonly { readonly name: string; readonly value: string | null }[]
  readonly id: number
}
export interface EnvServer {
  rules: EnvRule[]
}
export interface EnvDir {
  rules: EnvRule[]
  /** `SetEnv` (value), `UnsetEnv` (null), in order. */
  fixed: { name: string; value: string | null; id: number }[]
}

type EnvCommand = Command<EnvServer, EnvDir>

const specials: Readonly<Record<string, EnvRule['of']>> = {
  remote_addr: 'remoteAddr',
  // names of clients are not resolved here, so the address stands for the name, as it does in httpd without a PTR record
  remote_host: 'remoteAddr',
  server_addr: 'serverAddr',
  request_uri: 'uri',
  request_method: 'method',
  request_protocol: 'protocol'
}

function setEnvIf(ignoreCase: boolean, attribute: string | null): EnvCommand {
  return (place) => {
    const words = attribute === null ? place.args : [attribute, ...place.args]
    const [name = '', source = '', ...rest] = words
    const pattern = fromPcre(source, { ignoreCase })
    if (pattern === null) {
      place.say('unsupported-directive', 'warning', `The pattern ${source} is not one that can be run here; the line is left out.`)
      return
    }
    const of = specials[name.toLowerCase()] ?? (/[^\w-]/.test(name) ? 'namedLike' : 'named')
    const nameLike = of === 'namedLike' ? fromPcre(name, { ignoreCase: true }) : null
    const rules = place.section === null ? place.server.rules : place.dir.rules
    rules.push({ of, name, nameLike, pattern, sets: rest.map(assignment), id: place.directive.id })
  }
}

/** `NAME` sets 1, `!NAME` unsets, `NAME=value` sets the value. */
function assignment(word: string): { name: string; value: string | null } {
  if (word.startsWith('!')) return { name: word.slice(1), value: null }
  const equals = word.indexOf('=')
  return equals < 0 ? { name: word, value: '1' } : { name: word.slice(0, equals), value: word.slice(equals + 1) }
}

export const envModule: Module<EnvServer, EnvDir> = {
  createServer: () => ({ rules: [] }),
  mergeServer: (base, add) => ({ rules: [...base.rules, ...add.rules] }),
  createDir: () => ({ rules: [], fixed: [] }),
  mergeDir: (base, add) => ({ rules: [...base.rules, ...add.rules], fixed: [...base.fixed, ...add.fixed] }),
  commands: {
    setenvif: setEnvIf(false, null),
    setenvifnocase: setEnvIf(true, null),
    browsermatch: setEnvIf(false, 'User-Agent'),
    browsermatchnocase: setEnvIf(true, 'User-Agent'),
    setenv: ({ dir, args, directive }) => void dir.fixed.push({ name: args[0] ?? '', value: args[1] ?? '', id: directive.id }),
    passenv: ({ dir, args, directive, host, say }) => {
      for (const name of args) {
        const value = host.environment(name)
        if (value !== undefined) dir.fixed.push({ name, value, id: directive.id })
        else
          say('environment-missing', 'warning', `PassEnv ${name}: no such variable is in the environment here, so nothing is passed on.`, {
            hint: `Start with it: ${name}=VALUE switchyard …`
          })
      }
    },
    unsetenv: ({ dir, args, directive }) => {
      for (const name of args) dir.fixed.push({ name, value: null, id: directive.id })
    }
  }
}
