import { readFileSync } from 'node:fs'
import type { ClientRequest, ClientRequestArgs } from 'node:http'
import { rootCertificates } from 'node:tls'
import WebSocket from 'ws'
import type { ClientOptions } from 'ws'
import { Authorities } from '../certs/authorities.js'
import { SwitchyardError } from '../../shared/errors.js'
import { readHeader, readPlace, readWords } from './arguments.js'
import { connectingTo } from './connect-to.js'
import { Conversation } from './conversation.js'
import { Progress } from './opening.js'
import { dataFolder } from '../host/data-folder.js'

export const connectHelp = `switchyard connect URL    a WebSocket client in the terminal

  --protocol P         subprotocol to offer (repeatable)
  --header 'K: V'      a field of the opening handshake (repeatable)
  --to [ADDR:]PORT     where to connect to instead: the name of the URL is still the one that is asked for, and checked
  --json               one JSON object for each thing that happens: open, message, ping, pong, close
  --data DIR           whose local authorities are trusted beside Node's roots; NODE_EXTRA_CA_CERTS adds others

An opening handshake has 10 s. Lines typed are sent as text messages; messages that come are printed, binary ones in hex.
End of input closes with 1000.
Exit code: 0 closed with 1000 or 1001, or without a code; 1 otherwise, or not opened; 64 a wrong argument.
`

const options = {
  protocol: { type: 'string', multiple: true },
  header: { type: 'string', multiple: true },
  to: { type: 'string' },
  json: { type: 'boolean' },
  data: { type: 'string' }
} as const

/** @returns the exit code. */
export async function connect(words: readonly string[]): Promise<number> {
  const { values, positionals } = readWords('connect', words, options)
  const url = readUrl(positionals)
  const headers = fieldsByName((values.header ?? []).map(readHeader))
  const ca = /^wss:/i.test(url) ? await trusted(dataFolder(values.data)) : []
  const progress = new Progress()
  const secure = /^wss:/i.test(url)
  const finishRequest = (request: ClientRequest): void => progress.follow(request, secure)
  const to = values.to === undefined ? {} : { createConnection: connectingTo(readPlace('to', values.to), secure) }
  const socket = open(url, values.protocol ?? [], { headers, ca, finishRequest, ...to })
  return await new Conversation(socket, progress, url, values.json === true).untilClosed()
}

function readUrl(positionals: readonly string[]): string {
  const [url, ...more] = positionals
  if (url !== undefined && more.length === 0 && /^wss?:\/\/[^/\s]/i.test(url)) return url
  throw new SwitchyardError(
    'bad-argument',
    url === undefined ? 'connect needs a URL.' : `${[url, ...more].join(' ')} is not one WebSocket URL.`,
    { hint: 'switchyard connect wss://localhost:8443/ws/' }
  )
}

/** Several fields of one name go out as several lines. */
function fieldsByName(fields: readonly (readonly [name: string, value: string])[]): Record<string, string[]> {
  const byName = new Map<string, { name: string; values: string[] }>()
  for (const [name, value] of fields) {
    const known = byName.get(name.toLowerCase())
    if (known === undefined) byName.set(name.toLowerCase(), { name, values: [value] })
    else known.values.push(value)
  }
  return Object.fromEntries([...byName.values()].map(({ name, values }) => [name, values]))
}

/** What the client refuses before it connects: a fragment in the URL, a subprotocol that is no token, one named twice. */
function open(url: string, protocols: string[], options: ClientOptions | ClientRequestArgs): WebSocket {
  try {
    return new WebSocket(url, protocols, options)
  } catch (thrown) {
    throw new SwitchyardError('bad-argument', `${url} cannot be asked for: ${(thrown as Error).message}.`, {
      hint: 'Check the URL and each --protocol.',
      cause: thrown
    })
  }
}

/** Node's roots and our own authorities: verification is always on. */
async function trusted(dataDir: string): Promise<string[]> {
  const found = await new Authorities({ dataDir }).list()
  const extra = process.env['NODE_EXTRA_CA_CERTS']
  return [
    ...rootCertificates,
    ...found.flatMap((each) => ('authority' in each ? [each.authority.certificate] : [])),
    ...(extra === undefined || extra === '' ? [] : [readExtra(extra)])
  ]
}

function readExtra(file: string): string {
  try {
    return readFileSync(file, 'latin1')
  } catch (thrown) {
    throw new SwitchyardError('bad-argument', `NODE_EXTRA_CA_CERTS names ${file}, which cannot be read.`, {
      hint: 'Mend the path, or unset the variable.',
      cause: thrown
    })
  }
}
