import { expect, test } from 'vitest'
import type { FileFacts } from '../../../shared/steps.js'
import { failureOutcome, get, linesOf, responded, sent, siteOf, start, t0 } from './desk.js'

const config = `
Listen 80
DocumentRoot /srv/www
ProxyPass /maintenance.html !
ProxyPass / http://127.0.0.1:3002/
`
const file: FileFacts = { path: '/srv/www/maintenance.html', kind: 'file', bytes: 42, mtimeMs: Date.UTC(2026, 0, 1), inode: 7 }

test('(e) an ErrorDocument from a file keeps the status, with the file`s own fields', () => {
  const site = siteOf(`${config}ErrorDocument 503 /maintenance.html\n`)
  const { exchange, step } = start(site, get('/x'))
  const look = exchange.next(failureOutcome('refused', sent(step).to), t0 + 9_000_000)
  expect(look).toEqual({ do: 'lookAt', paths: ['/srv/www/maintenance.html'] })
  const out = responded(exchange.next({ was: 'files', files: [file] }, t0 + 9_000_000))
  expect(out.head.status).toBe(503)
  expect(linesOf(out.head.fields).slice(2)).toEqual([
    'Last-Modified: Thu, 01 Jan 2026 00:00:00 GMT',
    'ETag: W/"2a-6474846204000"',
    'Accept-Ranges: bytes',
    'Content-Length: 42',
    'Connection: close',
    'Content-Type: text/html'
  ])
  expect(out.body).toEqual([{ path: file.path, fromByte: 0, bytes: 42 }])
})

test('(e) an ErrorDocument that is not there: the first error, and a word on the second', () => {
  const site = siteOf(`${config}ErrorDocument 503 /maintenance.html\n`)
  const { exchange, step } = start(site, get('/x'))
  exchange.next(failureOutcome('refused', sent(step).to), t0)
  const out = responded(exchange.next({ was: 'files', files: [{ ...file, kind: 'missing' }] }, t0))
  expect(out.head.status).toBe(503)
  expect(Buffer.from(out.body[0] as Uint8Array).toString()).toContain('Additionally, a 404 Not Found')
})

test('(e) a HeadFault has its ErrorDocument, too', () => {
  const site = siteOf(`${config}ErrorDocument 400 /maintenance.html\n`)
  const { exchange, step } = start(site, { fault: 'bareLf', on: 'GET / HTTP/1.1' })
  expect(step).toMatchObject({ do: 'lookAt' })
  const out = responded(exchange.next({ was: 'files', files: [file] }, t0))
  expect(out.head.status).toBe(400)
  expect(out.persist.keep).toBe(false)
})

test('text is sent as it is, a URL is a 302', () => {
  const text = start(siteOf(`${config}ErrorDocument 503 "back soon"\n`), get('/x'))
  const spoken = responded(text.exchange.next(failureOutcome('refused', sent(text.step).to), t0))
  expect(Buffer.from(spoken.body[0] as Uint8Array).toString()).toBe('back soon')
  const url = start(siteOf(`${config}ErrorDocument 503 https://status.example.test/\n`), get('/x'))
  const moved = responded(url.exchange.next(failureOutcome('refused', sent(url.step).to), t0))
  expect(moved.head.status).toBe(302)
  expect(linesOf(moved.head.fields)).toContain('Location: https://status.example.test/')
})

test.each([
  ['lineTooLong', 414],
  ['fieldTooLong', 400],
  ['tooManyFields', 400],
  ['timedOut', 408],
  ['plainOnTls', 400],
  ['twoHosts', 400],
  ['noHost', 400]
] as const)('%s: %i, and the connection closes', (fault, status) => {
  const { step } = start(siteOf(config), { fault, on: 'x' })
  const out = responded(step)
  expect(out.head.status).toBe(status)
  expect(out.persist.keep).toBe(false)
})
