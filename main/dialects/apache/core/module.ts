import { isOn, type Command, type Module } from '../config/module.js'
import { mergeCoreDir, mergeCoreServer, type CoreDir, type CoreServer, type ErrorDocument } from './conf.js'

type CoreCommand = Command<CoreServer, CoreDir>

/** `5`, `5s`, `300ms`, `2min`, `1h` in milliseconds; `unit` where none is written (ap_timeout_parameter_parse). */
export function duration(word: string, unit: 's' | 'ms' = 's'): number | null {
  const match = /^(\d+)\s*(ms|mi|min|s|h)?$/i.exec(word)
  if (match === null) return null
  const factors: Readonly<Record<string, number>> = { ms: 1, s: 1000, mi: 60_000, min: 60_000, h: 3_600_000 }
  return Number(match[1]) * (factors[(match[2] ?? unit).toLowerCase()] ?? 1000)
}

const serverName: CoreCommand = ({ server, args }) => {
  const match = /^(?:(https?):\/\/)?(\[[^\]]*\]|[^:/]*)(?::(\d+))?/i.exec(args[0] ?? '')
  if (match === null) return
  server.name = match[2] ?? ''
  server.port = match[3] === undefined ? 0 : Number(match[3])
  if (match[1] !== undefined) server.scheme = match[1].toLowerCase()
}

const errorDocument: CoreCommand = ({ dir, args, directive }) => {
  const code = Number(args[0])
  const value = args[1] ?? ''
  const documents = new Map(dir.errorDocuments)
  documents.set(code, { kind: documentKind(value), value, id: directive.id })
  dir.errorDocuments = documents
}

function documentKind(value: string): ErrorDocument['kind'] {
  if (value.toLowerCase() === 'default') return 'default'
  if (value.includes(' ')) return 'text'
  if (value.startsWith('/')) return 'path'
  return /^[a-z][a-z0-9+.-]*:\/\//i.test(value) ? 'url' : 'text'
}

const options: CoreCommand = ({ dir, args, directive: { span }, say }) => {
  // words without a sign say it all anew
  if (!args.some((word) => /^[+-]/.test(word))) dir.indexes = { on: false, span }
  for (const word of args) {
    const off = word.startsWith('-')
    const name = word.replace(/^[+-]/, '').toLowerCase()
    if (name === 'indexes' || name === 'all') dir.indexes = { on: !off, span }
    else if (name === 'none') dir.indexes = { on: false, span }
    else if ((name === 'multiviews' || name === 'includes' || name === 'execcgi') && !off) {
      say('unsupported-directive', 'warning', `Options ${word} is not modelled: files are served as they are.`)
    }
  }
}

const fileEtag: CoreCommand = ({ dir, args }) => {
  const parts = new Set<'inode' | 'mtime' | 'size'>()
  for (const word of args) {
    const name = word.replace(/^[+-]/, '').toLowerCase()
    if (name === 'all') for (const each of ['inode', 'mtime', 'size'] as const) parts.add(each)
    else if (name === 'none') parts.clear()
    else if (name === 'inode' || name === 'mtime' || name === 'size') parts.add(name)
  }
  dir.etag = [...parts]
}

/** `RequestReadTimeout header=20-40,MinRate=500 body=20`: the longest time counts, rates are not modelled. */
const requestReadTimeout: CoreCommand = ({ server, args, say }) => {
  for (const word of args) {
    const match = /^(header|body)=(\d+)(?:-(\d+))?(,minrate=\d+)?$/i.exec(word)
    if (match === null) continue
    const ms = Number(match[3] ?? match[2]) * 1000
    if (match[1]?.toLowerCase() === 'header') server.headMs = ms
    else server.bodyMs = ms
    if (match[4] !== undefined) say('simplified-directive', 'info', `${word}: the upper limit is kept, the rate is not counted.`)
  }
}

function serverNumber(key: 'lineBytes' | 'fieldBytes' | 'fields' | 'keepAliveMax'): CoreCommand {
  return ({ server, args }) => {
    server[key] = Number(args[0])
  }
}
function serverTime(key: 'timeoutMs' | 'keepAliveTimeoutMs'): CoreCommand {
  return ({ server, args }) => {
    const ms = duration(args[0] ?? '')
    if (ms !== null) server[key] = ms
  }
}
const encodedSlashes: Readonly<Record<string, 'on' | 'off' | 'nodecode'>> = { on: 'on', off: 'off', nodecode: 'nodecode' }

/** What is served is HTTP/1.1, whatever is offered beside it. */
const protocols: CoreCommand = ({ args, say }) => {
  const others = args.filter((each) => /^h2c?$/i.test(each))
  if (others.length === 0) return
  const which = `${others.join(' and ')} ${others.length === 1 ? 'is' : 'are'}`
  say('unsupported-directive', 'warning', `Protocols: ${which} HTTP/2, which is not served here: clients get HTTP/1.1.`)
}

export const coreModule: Module<CoreServer, CoreDir> = {
  createServer: () => ({ aliases: [] }),
  mergeServer: mergeCoreServer,
  createDir: () => ({}),
  mergeDir: mergeCoreDir,
  commands: {
    servername: serverName,
    serveralias: ({ server, args }) => void server.aliases.push(...args),
    serveradmin: ({ server, args }) => void (server.admin = args[0] ?? ''),
    documentroot: ({ server, args, path, directive }) => void (server.documentRoot = { path: path(args[0] ?? ''), id: directive.id }),
    timeout: serverTime('timeoutMs'),
    keepalive: ({ server, args }) => void (server.keepAlive = isOn(args[0])),
    keepalivetimeout: serverTime('keepAliveTimeoutMs'),
    maxkeepaliverequests: serverNumber('keepAliveMax'),
    limitrequestline: serverNumber('lineBytes'),
    limitrequestfieldsize: serverNumber('fieldBytes'),
    limitrequestfields: serverNumber('fields'),
    limitrequestbody: ({ dir, args }) => void (dir.bodyBytes = Number(args[0])),
    traceenable: ({ server, args }) => void (server.trace = (args[0] ?? 'on').toLowerCase() as 'on' | 'off' | 'extended'),
    mergeslashes: ({ server, args }) => void (server.mergeSlashes = isOn(args[0])),
    httpprotocoloptions: ({ server, args }) => {
      for (const word of args.map((each) => each.toLowerCase())) {
        if (word === 'unsafe' || word === 'strict') server.unsafe = word === 'unsafe'
        if (word === 'allow0.9' || word === 'require1.0') server.http09 = word === 'allow0.9'
      }
    },
    protocols,
    requestreadtimeout: requestReadTimeout,
    allowencodedslashes: ({ dir, args }) => void (dir.encodedSlashes = encodedSlashes[(args[0] ?? '').toLowerCase()] ?? 'off'),
    errordocument: errorDocument,
    usecanonicalname: ({ dir, args }) => void (dir.canonicalName = isOn(args[0])),
    usecanonicalphysicalport: ({ dir, args }) => void (dir.canonicalPort = isOn(args[0])),
    serversignature: ({ dir, args }) => void (dir.signature = (args[0] ?? 'off').toLowerCase() as 'on' | 'off' | 'email'),
    options,
    allowoverride: ({ dir, args, directive }) => void (dir.override = { on: args[0]?.toLowerCase() !== 'none', span: directive.span }),
    allowoverridelist: ({ dir, args, directive }) =>
      void (dir.overrideList = { on: args[0]?.toLowerCase() !== 'none', span: directive.span }),
    accessfilename: ({ server, args }) => void (server.accessFiles = args),
    fileetag: fileEtag,
    forcetype: ({ dir, args }) => void (dir.forceType = args[0] ?? ''),
    adddefaultcharset: ({ dir, args }) => {
      const word = args[0] ?? 'off'
      dir.defaultCharset = word.toLowerCase() === 'off' ? '' : isOn(word) ? 'iso-8859-1' : word
    }
  }
}
