import type { Chance } from './chance.js'

/** A request before it is written, in parts that a mutation can get hold of. */
interface Draft {
  method: string
  target: string
  version: string
  /** Whole lines without their ends. */
  fields: string[]
  body: string
}

const methods = ['GET', 'POST', 'PUT', 'DELETE', 'OPTIONS', 'PATCH', 'HEAD']
const targets = ['/', '/a/b.html', '/ws/?token=1', '/%7Euser/%2F', '/?q=a+b&c', 'http://www.example.org/x', '*', '/~a;b=c@d:e!']
const fieldLines = [
  'Accept: */*',
  'Accept:text/html',
  'Cookie: a=b; c="d"',
  'X-Empty:',
  'X-Tab:\tvalue\t',
  'X-Spaces:   a  b   ',
  'x-obs: \xe9\xfc',
  'Connection: keep-alive',
  'Upgrade: websocket',
  'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==',
  'If-None-Match: "x", W/"y"',
  "!#$%&'*+-.^_`|~: token",
  'TE: trailers',
  'Referer: http://a/?x=:'
]
const bodies = [
  '',
  'a',
  'Hello, world',
  'GET / HTTP/1.1\r\nHost: inner\r\n\r\n',
  '0\r\n\r\n',
  '\r\n',
  '\0\xff binary \x80',
  'x'.repeat(300)
]

/** What someone who wants two readers to disagree would write. */
const lengthLines = ['5', '05', '+5', '-1', '0x5', '5 5', '5, 5', '5,6', '', '5.0', '99999999999999999999', '\t5', '5\x0b']
const codingLines = [
  'chunked',
  'Chunked',
  'CHUNKED',
  'xchunked',
  'chunked, identity',
  'identity, chunked',
  'gzip, chunked',
  'chunked, chunked',
  ' chunked',
  '\tchunked',
  '\x0bchunked',
  '"chunked"',
  'chunked;q=1',
  ', chunked',
  'identity',
  ''
]
const versions = [
  'HTTP/1.0',
  'HTTP/1.2',
  'HTTP/2.0',
  'HTTP/0.9',
  'http/1.1',
  'HTTP/1.1 ',
  ' HTTP/1.1',
  'HTTP/1.10',
  'HTTP/11.1',
  'HTTP/1,1',
  'HTP/1.1',
  ''
]
const oddMethods = ['BREW', 'get', 'G(T', 'PROPFIND', 'M-SEARCH', 'X', 'GET\t', '']
const oddTargets = ['', 'a', '/a b', '/\xe9', '/#x', '/"<>\\^`{|}', '//a//', '/\t', '/%', 'ftp://a', '?x', '*/', 'http://', 'HTTP://a@b:8/']
const oddHosts = ['', 'a', 'a:80', 'a:b', '[::1]', 'a, b', 'a/b', 'u@a', 'a b', '\xe9', 'a:80:80']
const oddFields = [
  'X',
  ': x',
  ' : x',
  'X : y',
  'X\t: y',
  'X(: y',
  ' folded',
  '\tfolded',
  'X: a\0b',
  'X: a\rb',
  'X: a\nb',
  'X: \x7f',
  'X\xe9: y',
  'Trailer: X',
  'X: y\r\n z',
  'Connection: close'
]
const oddChunks = [
  '5\n',
  '5 \r\n',
  ' 5\r\n',
  '0x5\r\n',
  '+5\r\n',
  '-5\r\n',
  '5;\r\n',
  '5;a=b\r\n',
  '5;a="b;\\"c"\r\n',
  '5; a = b\r\n',
  '5;a\n',
  '5;\x01\r\n',
  '5\r\r\n',
  '05\r\n',
  '5\r',
  '\r\n',
  'g\r\n',
  'fffffffffffffffff\r\n',
  '00000000000000005\r\n',
  '5,\r\n',
  '5;\xe9\r\n'
]
const octets = ['\r', '\n', '\r\n', '\0', ' ', '\t', ':', ';', ',', '\x0b', '\x0c', '\x7f', '\x80', '\xff', 'a', '0', '"', '\x01', '/']

/** One input: a request or two, mostly sound, at times mutated. Latin1. CONNECT never comes: it ends HTTP on its connection. */
export function requestInput(chance: Chance): string {
  const wild = chance.often(0.55)
  let text = renderedDraft(chance, wild && chance.often(0.8))
  if (chance.often(0.25)) text += renderedDraft(chance, wild && chance.often(0.3))
  if (chance.often(0.08)) text = chance.pick(['\r\n', '\r\n\r\n', '\n', '\r\n\r\n\r\n', '\r']) + text
  return wild && chance.often(0.4) ? withOctetsChanged(text, chance) : text
}

function renderedDraft(chance: Chance, mutated: boolean): string {
  const draft = soundDraft(chance)
  let lineEnd = '\r\n'
  if (mutated) {
    for (let left = 1 + chance.below(2); left > 0; left--) chance.pick(mutations)(draft, chance)
    if (chance.often(0.04)) lineEnd = chance.pick(['\n', '\r'])
  }
  const line = [draft.method, draft.target, draft.version].filter((part, i) => i < 2 || part !== '').join(' ')
  return [line, ...draft.fields, '', ''].join(lineEnd) + draft.body
}

function soundDraft(chance: Chance): Draft {
  const version = chance.often(0.1) ? 'HTTP/1.0' : 'HTTP/1.1'
  const fields = ['Host: www.example.org']
  for (let left = chance.below(5); left > 0; left--) fields.splice(chance.below(fields.length + 1), 0, chance.pick(fieldLines))
  const draft = { method: chance.pick(methods), target: chance.pick(targets), version, fields, body: '' }
  if (version === 'HTTP/1.0') draft.fields.push('Connection: keep-alive')
  const kind = chance.below(3)
  if (kind === 1) withLength(draft, chance.pick(bodies))
  else if (kind === 2 && version === 'HTTP/1.1') withChunks(draft, chance)
  return draft
}

function withLength(draft: Draft, body: string): void {
  draft.body = body
  draft.fields.push(`Content-Length: ${body.length}`)
}

function withChunks(draft: Draft, chance: Chance): void {
  draft.fields.push('Transfer-Encoding: chunked')
  draft.body = ''
  for (let left = chance.below(4); left > 0; left--) {
    const data = chance.pick(bodies)
    const size = chance.pick([data.length.toString(16), data.length.toString(16).toUpperCase(), `0${data.length.toString(16)}`])
    if (data !== '') draft.body += `${size}${chance.often(0.2) ? chance.pick([';a', ';a=b', ';a="b c"']) : ''}\r\n${data}\r\n`
  }
  const trailers = chance.often(0.3) ? chance.pick(['X-Sum: 1\r\n', 'X: a\r\nX: b\r\n', 'Host: trailer\r\n']) : ''
  draft.body += `0\r\n${trailers}\r\n`
}

const mutations: readonly ((draft: Draft, chance: Chance) => void)[] = [
  (draft, chance) => (draft.method = chance.pick(oddMethods)),
  (draft, chance) => (draft.target = chance.pick(oddTargets)),
  (draft, chance) => (draft.version = chance.pick(versions)),
  (draft, chance) => draft.fields.splice(chance.below(draft.fields.length + 1), 0, chance.pick(oddFields)),
  (draft, chance) => draft.fields.splice(chance.below(draft.fields.length + 1), 0, `Host: ${chance.pick(oddHosts)}`),
  (draft, chance) => (draft.fields = draft.fields.map((line) => (line.startsWith('Host') ? `Host: ${chance.pick(oddHosts)}` : line))),
  (draft) => (draft.fields = draft.fields.filter((line) => !line.startsWith('Host'))),
  (draft, chance) => draft.fields.splice(chance.below(draft.fields.length + 1), 0, `Content-Length: ${chance.pick(lengthLines)}`),
  (draft, chance) => draft.fields.splice(chance.below(draft.fields.length + 1), 0, `Transfer-Encoding: ${chance.pick(codingLines)}`),
  (draft, chance) =>
    draft.fields.splice(chance.below(draft.fields.length + 1), 0, chance.pick(draft.fields.length > 0 ? draft.fields : ['X:'])),
  (draft) => (draft.fields = draft.fields.map((line) => line.replace(/^(Content-Length|Transfer-Encoding):/, '$1 :'))),
  (draft, chance) => (draft.fields = draft.fields.map((line) => line.replace(': chunked', `: ${chance.pick(codingLines)}`))),
  withOddChunk,
  withOddChunk,
  (draft, chance) => (draft.body = draft.body.slice(0, chance.below(draft.body.length + 1))),
  (draft, chance) => (draft.body += chance.pick(['\r\n', 'x', '0\r\n\r\n'])),
  (draft, chance) => (draft.fields = [...draft.fields, ...Array.from({ length: 90 + chance.below(15) }, (_, i) => `X-${i}: ${i}`)])
]

function withOddChunk(draft: Draft, chance: Chance): void {
  draft.fields = draft.fields.filter((line) => !/^(content-length|transfer-encoding)/i.test(line))
  draft.fields.push('Transfer-Encoding: chunked')
  const end = chance.pick(['\r\n', '\r\n', '\r\n', '\n', '\r', '', 'x\r\n'])
  const last = chance.pick([
    '0\r\n\r\n',
    '0\r\n\r\n',
    '0\r\n\r\n',
    '0\n\n',
    '0\r\n\n',
    '0\r\nX : y\r\n\r\n',
    '0\r\nX: y\n\r\n',
    '0\r\nX: a\r\n b\r\n\r\n',
    '00\r\n\r\n',
    '0;x\r\n\r\n',
    '0\r\n'
  ])
  draft.body = `${chance.pick(oddChunks)}Hello${end}${last}`
}

function withOctetsChanged(text: string, chance: Chance): string {
  let changed = text
  for (let left = 1 + chance.below(2); left > 0; left--) {
    const at = chance.below(changed.length + 1)
    const replaced = chance.below(3) // none: an insertion
    changed = changed.slice(0, at) + (chance.often(0.2) ? '' : chance.pick(octets)) + changed.slice(at + replaced)
  }
  return changed
}
