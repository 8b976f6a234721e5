import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs'
import { request } from 'node:http'
import { join } from 'node:path'
import { expect, it, onTestFinished } from 'vitest'
import { ControlServer } from '../../../main/host/control/control-server.js'
import { encode } from '@msgpack/msgpack'
import { readMessage } from '../../../main/host/control/message-pack.js'
import { temporaryFolder } from '../running-host.js'

async function serving() {
  const above = temporaryFolder()
  writeFileSync(join(above, 'secret.txt'), 'secret')
  const screens = join(above, 'renderer')
  mkdirSync(join(screens, 'assets'), { recursive: true })
  writeFileSync(
    join(screens, 'index.html'),
    '<script nonce="%NONCE%" src="/assets/main-Ab12Cd34.js"></script><style nonce="%NONCE%"></style>'
  )
  writeFileSync(join(screens, 'assets/main-Ab12Cd34.js'), 'let a')
  writeFileSync(join(screens, 'plain.txt'), 'plain')
  symlinkSync(join(above, 'secret.txt'), join(screens, 'out.txt'))
  const server = new ControlServer({ address: '127.0.0.1', port: 0, hostNames: [], onScreen: () => {}, screens })
  await server.start()
  onTestFinished(() => server.close())
  const { port } = new URL(server.url)
  return async (path: string, headers: Record<string, string> = {}, method = 'GET') =>
    await new Promise<{ status: number; headers: Record<string, string>; text: string }>((resolve, reject) => {
      const asked = request({ port, host: '127.0.0.1', path, method, headers }, (response) => {
        let text = ''
        response.setEncoding('utf8').on('data', (piece: string) => (text += piece))
        response.on('end', () => resolve({ status: response.statusCode ?? 0, headers: response.headers as Record<string, string>, text }))
      })
      asked.once('error', reject).end()
    })
}

it('serves the screens, with another nonce each time, and assets for ever', async () => {
  const get = await serving()
  const [one, other] = [await get('/'), await get('/?x=1')]
  const nonce = /nonce="([^"]+)"/.exec(one.text)?.[1] ?? ''
  expect(one.text).not.toContain('%NONCE%')
  expect(one.headers['content-security-policy']).toContain(`script-src 'self' 'nonce-${nonce}'`)
  expect(one.headers['content-security-policy']).toContain("frame-ancestors 'none'")
  expect(one.headers).toMatchObject({ 'cache-control': 'no-store', 'x-content-type-options': 'nosniff' })
  expect(other.text).not.toContain(nonce)
  expect(await get('/assets/main-Ab12Cd34.js')).toMatchObject({
    status: 200,
    text: 'let a',
    headers: { 'cache-control': 'public, max-age=31536000, immutable', 'content-type': 'text/javascript; charset=utf-8' }
  })
  expect(await get('/plain.txt', {}, 'HEAD')).toMatchObject({
    status: 200,
    text: '',
    headers: { 'cache-control': 'no-cache', 'content-length': '5' }
  })
})

it('refuses other names, other pages, other methods, and every way out of its folder', async () => {
  const get = await serving()
  for (const path of ['/', '/assets/main-Ab12Cd34.js']) {
    expect((await get(path, { Host: 'evil.example' })).status).toBe(403)
    expect((await get(path, { Origin: 'http://evil.example' })).status).toBe(403)
    expect((await get(path, {}, 'POST')).status).toBe(404)
  }
  const ways = [
    '/../secret.txt',
    '/%2e%2e/secret.txt',
    '/..%2fsecret.txt',
    '/assets/..%5c..%5csecret.txt',
    '//secret.txt',
    '/out.txt',
    '/%',
    '/%00',
    '/assets'
  ]
  for (const path of ways) expect(await get(path), path).toMatchObject({ status: 404 })
})

it('a message is as long as a draft and no deeper than a request', () => {
  const request = { id: 1, request: 'config.edit', params: { file: '/a', text: 'ä'.repeat(3_000_000) } }
  expect(readMessage(encode(request))).toEqual(request)
  expect(readMessage(encode({ fields: [['a', 'b']], numbers: [-1, 1.5, 2 ** 40, true, null, new Uint8Array(3)] }))).toBeTypeOf('object')
  expect(() => readMessage(new Uint8Array(1000).fill(0x91))).toThrow(RangeError)
  expect(() => readMessage(Uint8Array.of(0xdd, 0xff, 0xff, 0xff, 0xff))).toThrow(RangeError)
  expect(() => readMessage(Uint8Array.of(0x81))).toThrow(RangeError)
  expect(() => readMessage(Uint8Array.of(0xc1))).toThrow(RangeError)
})
