// What the HTTP/1.1 wire layer costs: µs per head, read and written. Run: node test/bench/http1.mjs
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { build } from 'vite'

const rounds = 5
const heads = 200_000

const request = Buffer.from(
  'GET /app/dashboard?tab=overview&range=24h HTTP/1.1\r\nHost: www.example.test\r\nConnection: keep-alive\r\n' +
    'User-Agent: Mozilla/5.0 (X11; Linux x64; rv:140.0) Gecko/20100101 Firefox/140.0\r\n' +
    'Accept: text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8\r\nAccept-Language: en-GB,en;q=0.7,de;q=0.3\r\n' +
    'Accept-Encoding: gzip, deflate, br, zstd\r\nReferer: https://www.example.test/app/\r\n' +
    'Cookie: session=0123456789abcdef0123456789abcdef; theme=dark\r\nUpgrade-Insecure-Requests: 1\r\nCache-Control: no-cache\r\n\r\n'
)
const response = Buffer.from(
  'HTTP/1.1 200 OK\r\nDate: Mon, 02 Jun 2025 10:00:00 GMT\r\nServer: Apache/2.4\r\nContent-Type: text/html; charset=utf-8\r\n' +
    'Content-Length: 1024\r\nCache-Control: private, max-age=0\r\nVary: Accept-Encoding\r\nETag: "5f2a-1024"\r\nKeep-Alive: timeout=5\r\n\r\n'
)

const folder = mkdtempSync(join(tmpdir(), 'switchyard-bench-'))
try {
  await report(await load())
} finally {
  rmSync(folder, { recursive: true })
}

async function load() {
  const names = ['head-reader', 'framing', 'serialise', 'body-reader']
  const input = Object.fromEntries(names.map((name) => [name, join(import.meta.dirname, `../../main/engine/http1/${name}.ts`)]))
  const output = { format: 'es', entryFileNames: '[name].mjs', chunkFileNames: '[name].mjs' }
  await build({
    configFile: false,
    logLevel: 'warn',
    build: { ssr: true, outDir: folder, emptyOutDir: false, minify: false, rolldownOptions: { input, output } }
  })
  const modules = await Promise.all(names.map((name) => import(pathToFileURL(join(folder, `${name}.mjs`)).href)))
  return Object.assign({}, ...modules)
}

async function report({ RequestHeadReader, ResponseHeadReader, requestFraming, responseFraming, requestText, responseText, BodyReader }) {
  const policy = { maxLineBytes: 8190, maxFieldBytes: 8190, maxFields: 100, maxHeadBytes: 65_536, bareLf: 'fault', obsFold: 'fault' }
  Object.assign(policy, { lengthAndChunked: 'fault', http09: 'fault', spaceBeforeColon: 'fault', otherVersions: 'fault' })
  // As a wire has it: the head somewhere in a reused read buffer.
  const buffer = Buffer.allocUnsafeSlow(65_536).fill(0x61)
  const at = (bytes) => (bytes.copy(buffer, 0), bytes.length)
  const requests = new RequestHeadReader(policy)
  const responses = new ResponseHeadReader(policy)
  const read = (reader, bytes) => {
    const end = at(bytes)
    return () => (reader.reset(), reader.push(buffer, 0, end), reader.done)
  }
  const split = (reader, bytes) => {
    const end = at(bytes)
    return () => (reader.reset(), reader.push(buffer, 0, 100), reader.push(buffer, 100, end), reader.done)
  }
  const requestHead = read(requests, request)()
  const responseHead = read(responses, response)()
  measure(`request head, ${request.length} bytes, ${requestHead.fields.length / 2} fields: read`, () => read(requests, request))
  measure('the same, in two pieces', () => split(requests, request))
  measure('request framing', () => () => requestFraming(requestHead, policy))
  measure('request head: written', () => () => buffer.latin1Write(requestText(requestHead), 0))
  measure(`response head, ${response.length} bytes, ${responseHead.fields.length / 2} fields: read`, () => read(responses, response))
  measure('response framing', () => () => responseFraming(responseHead, 'GET'))
  measure('response head: written', () => () => buffer.latin1Write(responseText(responseHead), 0))
  const chunk = Buffer.from(`400\r\n${'x'.repeat(1024)}\r\n`)
  measure('chunk of 1024 bytes: read', () => {
    const body = new BodyReader({ kind: 'chunked' }, policy)
    return () => body.push(chunk, 0, chunk.length, () => {})
  })
}

function measure(what, make) {
  const run = make()
  let best = Infinity
  for (let round = 0; round < rounds; round++) {
    const began = process.hrtime.bigint()
    for (let i = 0; i < heads; i++) run()
    best = Math.min(best, Number(process.hrtime.bigint() - began) / heads / 1000)
  }
  console.log(`${best.toFixed(3).padStart(8)} µs  ${what}`)
}
