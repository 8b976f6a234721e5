import { SwitchyardError } from '../../shared/errors.js'
import type { ConfigSource } from '../../shared/site.js'
import type { ServeSpec } from '../host/serve-spec.js'
import { readDefine, readPlace, readPortMap, readWords } from './arguments.js'
import type { Place } from './arguments.js'
import { dataFolder } from '../host/data-folder.js'
import { readDialect } from './dialect-option.js'

export const serveHelp = `switchyard [serve] [CONFIG…]    serves an Apache config or a switchyard.json on this machine

  CONFIG                        several files of one kind are one site, in order; without any, and
                                without --route, a demo behind wss://localhost:8443/demo/;
                                native.schema.json says what a switchyard.json can have
  --dialect apache|switchyard   say what it is; otherwise detected
  --route '/ws/=ws://127.0.0.1:3000/'   a route without any file (repeatable)
  --listen=[ADDR:]PORT          where routes listen (8080), or a config that names no port (repeatable)
  --tls=[ADDR:]PORT             the same, over TLS; the demo's is 8443. 0: any free port, for routes and the demo
  --map NAME[:PORT]=ADDR:PORT   connects to a local backend for a production one (repeatable)
  --port 443=8443               serves the config's port 443 on 8443 (repeatable)
  --expose                      binds addresses as written; otherwise loopback alone
  --keep-ports                  leaves mapped ports in Location as they are
  -D, --define NAME[=VALUE]     as httpd's -D (repeatable)
  --lenient                     starts without the directives that are not modelled yet
  --capture FILE | off          where traffic is stored; default: a new session in the data folder
  --ui=[ADDR:]PORT              where the screens' port is; default: any free one. --no-ui: none
  --ui-host NAME                a host name that the screens' port answers to as well (repeatable)
  --open                        opens the screens in the browser
  --data DIR                    authorities, captures and settings (or SWITCHYARD_DATA)
  --json                        events as NDJSON

Prints 'listening URL' for each listener, then 'screens URL', then 'ready'. Findings, warnings and errors go
to standard error; with --json findings and warnings are events, and an error is one JSON object on standard error.
SIGINT and SIGTERM stop it at once, SIGQUIT when the last exchange is over, SIGHUP reloads the config; a terminal that
closes stops it.
Exit code: 0 stopped, 1 could not start, 2 a config that cannot be read, 64 a wrong argument, 70 a fault of ours.
`

const options = {
  dialect: { type: 'string' },
  route: { type: 'string', multiple: true },
  listen: { type: 'string', multiple: true },
  tls: { type: 'string', multiple: true },
  map: { type: 'string', multiple: true },
  port: { type: 'string', multiple: true },
  expose: { type: 'boolean' },
  'keep-ports': { type: 'boolean' },
  define: { type: 'string', short: 'D', multiple: true },
  lenient: { type: 'boolean' },
  capture: { type: 'string' },
  ui: { type: 'string' },
  'no-ui': { type: 'boolean' },
  'ui-host': { type: 'string', multiple: true },
  open: { type: 'boolean' },
  data: { type: 'string' },
  json: { type: 'boolean' }
} as const

type Values = ReturnType<typeof readWords<typeof options>>['values']
type Listen = ServeSpec['listen']

/** What the command was told to do, read whole before anything starts. */
export interface ServePlan {
  readonly what: 'files' | 'routes' | 'demo'
  readonly routes: readonly string[]
  /** As the command line says; empty where it says nothing. */
  readonly listen: Listen
  /** Without what stands in no file: the caller writes that from `routes`, or from the demo. */
  readonly spec: Omit<ServeSpec, 'inline' | 'overlays'>
  readonly capture: 'off' | 'session' | { readonly file: string }
  /** null: no screens. */
  readonly screens: (Place & { readonly hostNames: readonly string[]; readonly open: boolean }) | null
  readonly dataDir: string
  readonly json: boolean
}

/** @throws SwitchyardError `bad-argument` */
export function readServePlan(words: readonly string[]): ServePlan {
  const { values, positionals: files } = readWords('serve', words, options)
  const routes = values.route ?? []
  if (routes.length > 0 && files.length > 0) {
    throw new SwitchyardError('bad-argument', '--route cannot stand beside a config file.', {
      hint: 'Put the route into the file, or leave the file out.'
    })
  }
  const what = files.length > 0 ? 'files' : routes.length > 0 ? 'routes' : 'demo'
  const { listen, ports } = withFreePorts(listenOf(values), portsOf(values), what)
  return {
    what,
    routes,
    listen,
    spec: {
      files,
      dialect: dialectOf(values, what),
      defines: (values.define ?? []).map(readDefine),
      lenient: values.lenient === true,
      listen,
      ports,
      expose: values.expose === true,
      keepPorts: values['keep-ports'] === true,
      maps: values.map ?? []
    },
    capture: captureOf(values),
    screens: screensOf(values),
    dataDir: dataFolder(values.data),
    json: values.json === true
  }
}

/** Where routes and the demo listen. */
export function inlineListen({ what, listen }: ServePlan): Listen {
  if (listen.length > 0) return listen
  return [what === 'demo' ? { address: '127.0.0.1', port: 8443, tls: true } : { address: '127.0.0.1', port: 8080, tls: false }]
}

/** The routes as the switchyard.json that they stand for, or what serves the demo. */
export function withInline({ spec }: ServePlan, inline: ConfigSource | null): ServeSpec {
  return { ...spec, inline, overlays: [] }
}

function dialectOf(values: Values, what: ServePlan['what']): ServeSpec['dialect'] {
  const dialect = readDialect(values.dialect)
  if (dialect === null || what === 'files') return dialect
  throw new SwitchyardError('bad-argument', '--dialect says what a config file is, and there is none.', { hint: 'Leave it out.' })
}

function listenOf(values: Values): Listen {
  const listen = [
    ...(values.listen ?? []).map((text) => ({ ...readPlace('listen', text), tls: false })),
    ...(values.tls ?? []).map((text) => ({ ...readPlace('tls', text), tls: true }))
  ]
  const twice = listen.find((place, at) => place.port !== 0 && listen.findIndex((other) => isSame(place, other)) !== at)
  if (twice === undefined) return listen
  const options = listen.filter((other) => isSame(twice, other)).map(({ tls }) => (tls ? '--tls' : '--listen'))
  const says =
    new Set(options).size === 1
      ? `${options[0] ?? ''} names ${twice.address}:${twice.port} twice.`
      : `--listen and --tls both name ${twice.address}:${twice.port}.`
  throw new SwitchyardError('bad-argument', says, { hint: 'One port is one listener: choose another, or 0 for any free one.' })
}

function isSame(a: Place, b: Place): boolean {
  return a.port === b.port && a.address === b.address
}

/**
 * A config names its ports, so one that may be any is written as a usual one, and mapped to 0.
 * @throws SwitchyardError `bad-argument` where a config file names them
 */
function withFreePorts(listen: Listen, ports: ServeSpec['ports'], what: ServePlan['what']): { listen: Listen; ports: ServeSpec['ports'] } {
  const free = listen.find(({ port }) => port === 0)
  if (free !== undefined && what === 'files') {
    throw new SwitchyardError('bad-argument', `--${free.tls ? 'tls' : 'listen'}=0 is for routes and the demo: a config names its ports.`, {
      hint: 'Map one of them to a free one: --port PRODUCTION=0'
    })
  }
  const taken = new Set([...listen.map(({ port }) => port), ...ports.flat()])
  const mapped: [number, number][] = []
  const named = listen.map((place) => {
    if (place.port !== 0) return place
    let port = place.tls ? 8443 : 8080
    while (taken.has(port)) port++
    taken.add(port)
    mapped.push([port, 0])
    return { ...place, port }
  })
  return { listen: named, ports: [...ports, ...mapped] }
}

function portsOf(values: Values): ServeSpec['ports'] {
  const ports = (values.port ?? []).map(readPortMap)
  const twice = ports.find(([production], at) => ports.findIndex(([other]) => other === production) !== at)
  if (twice === undefined) return ports
  throw new SwitchyardError('bad-argument', `--port maps ${twice[0]} twice.`, { hint: 'A port is served in one place.' })
}

function captureOf({ capture }: Values): ServePlan['capture'] {
  if (capture === undefined) return 'session'
  if (capture !== '') return capture === 'off' ? 'off' : { file: capture }
  throw new SwitchyardError('bad-argument', '--capture needs a file, or off.', { hint: 'For example: --capture today.swycap' })
}

function screensOf(values: Values): ServePlan['screens'] {
  const given = (['ui', 'ui-host', 'open'] as const).find((name) => values[name] !== undefined)
  if (values['no-ui'] === true) {
    if (given === undefined) return null
    throw new SwitchyardError('bad-argument', `--no-ui and --${given} contradict each other.`, { hint: 'Leave one of them out.' })
  }
  const place = values.ui === undefined ? { address: '127.0.0.1', port: 0 } : readPlace('ui', values.ui)
  return { ...place, hostNames: values['ui-host'] ?? [], open: values.open === true }
}
