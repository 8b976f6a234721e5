import { createInterface } from 'node:readline'
import { readFileSync } from 'node:fs'
import { rootCertificates } from 'node:tls'
import WebSocket from 'ws'
import { Authorities } from '../certs/authorities.js'
import { SwitchyardError } from '../../shared/errors.js'
import { readHeader, readWords } from './arguments.js'
import { dataFolder } from './data-folder.js'

export const connectHelp = `switchyard connect URL    a WebSocket client in the terminal

  --protocol P         subprotocol to offer (repeatable)
  --header 'K: V'      a field of the opening handshake (repeatable)
  --json               one JSON object for each thing that happens
  --data DIR           whose local authorities are trusted beside the system's roots

Lines typed are sent as text messages; messages that come are printed. End of input closes with 1000.
Exit code: 0 closed with 1000, 1001 or by end of input, 1 otherwise.
`

const options = {
  protocol: { type: 'string', multiple: true },
  header: { type: 'string', multiple: true },
  json: { type: 'boolean' },
  data: { type: 'string' }
} as const

/** @returns the exit code. */
export async function connect(words: readonly string[]): Promise<number> {
  const { values, positionals } = readWords('connect', words, options)
  const url = readUrl(positionals)
  const headers = Object.fromEntries((values.header ?? []).map(readHeader))
  const socket = new WebSocket(url, values.protocol ?? [], { headers, ca: await trusted(dataFolder(values.data)) })
  return await talk(socket, url, values.json === true)
}

function readUrl(positionals: readonly string[]): string {
  const [url, ...more] = positionals
  if (url !== undefined && more.length === 0 && /^wss?:\/\/[^/\s]/i.test(url)) return url
  throw new SwitchyardError(
    'bad-argument',
    url === undefined ? 'connect needs a URL.' : `${[url, ...more].join(' ')} is not one WebSocket URL.`,
    {
      hint: 'switchyard connect wss://localhost:8443/ws/'
    }
  )
}

/** The system's roots and our own authorities: verification is always on. */
async function trusted(dataDir: string): Promise<string[]> {
  const found = await new Authorities({ dataDir }).list()
  const extra = process.env['NODE_EXTRA_CA_CERTS']
  return [
    ...rootCertificates,
    ...found.flatMap((each) => ('authority' in each ? [each.authority.certificate] : [])),
    ...(extra === undefined ? [] : [readFileSync(extra, 'latin1')])
  ]
}

function talk(socket: WebSocket, url: string, json: boolean): Promise<number> {
  const say = (event: string, facts: Record<string, unknown>, text: string): void =>
    void process.stdout.write(json ? `${JSON.stringify({ event, ...facts })}\n` : `${text}\n`)
  const typed = createInterface({ input: process.stdin, terminal: false })
  const waiting: string[] = []
  let ending = false
  typed.on('line', (line) => (socket.readyState === socket.OPEN ? socket.send(line) : waiting.push(line)))
  typed.on('close', () => {
    ending = true
    if (socket.readyState === socket.OPEN) socket.close(1000)
  })
  return new Promise((resolve, reject) => {
    socket.on('open', () => {
      say(
        'open',
        { url, protocol: socket.protocol, extensions: socket.extensions },
        `connected${socket.protocol === '' ? '' : `, speaking ${socket.protocol}`}`
      )
      for (const line of waiting) socket.send(line)
      if (ending) socket.close(1000)
    })
    socket.on('message', (data: Buffer, binary) =>
      say('message', messageFacts(data, binary), binary ? `< ${data.toString('hex')}` : `< ${data.toString()}`)
    )
    socket.on('ping', (data) => json && say('ping', { text: data.toString() }, ''))
    socket.on('unexpected-response', (request, response) => {
      request.destroy()
      reject(refused(url, `${response.statusCode} ${response.statusMessage ?? ''}`.trim()))
    })
    socket.on('error', (error: NodeJS.ErrnoException) =>
      reject(refused(url, error.code === undefined ? error.message : `${error.message} (${error.code})`))
    )
    socket.on('close', (code, reason) => {
      typed.close()
      say('close', { code, reason: reason.toString() }, `closed ${code}${reason.length === 0 ? '' : ` ${reason.toString()}`}`)
      resolve(code === 1000 || code === 1001 || (ending && code === 1005) ? 0 : 1)
    })
  })
}

function messageFacts(data: Buffer, binary: boolean): Record<string, unknown> {
  return binary ? { binary, hex: data.toString('hex') } : { binary, text: data.toString() }
}

function refused(url: string, why: string): SwitchyardError {
  return new SwitchyardError('connect-failed', `${url} could not be opened: ${why}.`, {
    hint: 'switchyard serve shows what the proxy decided for it.'
  })
}
