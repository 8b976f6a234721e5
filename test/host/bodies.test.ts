import { createHash } from 'node:crypto'
import { createServer, request } from 'node:http'
import type { AddressInfo } from 'node:net'
import { expect, it, onTestFinished } from 'vitest'
import { nativeSpec, runningHost } from './running-host.js'
import { appScreen } from './screens.js'

const mega = 1024 * 1024

/** Bytes of which no two stretches are alike, so that one that is missing or doubled is seen. */
function bytesOf(length: number, seed: string): Buffer {
  const lines = Array.from({ length: Math.ceil(length / 64) }, (_, at) => createHash('sha256').update(`${seed}${at}`).digest('hex'))
  return Buffer.from(lines.join('')).subarray(0, length)
}

async function read(stream: AsyncIterable<unknown>): Promise<Buffer> {
  const pieces: Buffer[] = []
  for await (const piece of stream) pieces.push(piece as Buffer)
  return Buffer.concat(pieces)
}

/** An origin that answers every request with a body, of a length said before or in chunks, and tells what it was sent. */
async function origin(answer: Buffer, chunked: boolean): Promise<{ port: number; sent: Buffer[] }> {
  const sent: Buffer[] = []
  const server = createServer((incoming, response) => {
    void read(incoming).then((body) => {
      sent.push(body)
      if (!chunked) response.setHeader('Content-Length', answer.length)
      for (let at = 0; at < answer.length; at += 100_000) response.write(answer.subarray(at, at + 100_000))
      response.end()
    })
  }).listen(0, '127.0.0.1')
  await new Promise((resolve) => server.once('listening', resolve))
  onTestFinished(() => void server.close())
  return { port: (server.address() as AddressInfo).port, sent }
}

async function posted(url: string, body: Buffer, chunked: boolean): Promise<Buffer> {
  const headers = chunked ? {} : { 'Content-Length': body.length }
  return await new Promise((resolve, reject) => {
    const sending = request(url, { method: 'POST', headers }, (response) => void read(response).then(resolve, reject)).on('error', reject)
    for (let at = 0; at < body.length; at += 77_777) sending.write(body.subarray(at, at + 77_777))
    sending.end()
  })
}

it.each([
  ['of a length that is said', false],
  ['in chunks', true]
])('bodies %s that are longer than what is kept pass whole, and their beginning is kept', { timeout: 60_000 }, async (_name, chunked) => {
  const [question, answer] = [bytesOf(2.5 * mega, 'question'), bytesOf(3.2 * mega, 'answer')]
  const { port, sent } = await origin(answer, chunked)
  const { host } = await runningHost()
  await host.serve(nativeSpec([{ match: '/', to: `http://127.0.0.1:${port}/` }]))
  expect((await posted(`${host.listeners[0]?.url}/`, question, chunked)).equals(answer)).toBe(true)
  expect(sent).toHaveLength(1)
  expect(sent[0]?.equals(question)).toBe(true)
  const screen = await appScreen(host)
  await expect
    .poll(async () => (await screen.exchange('exchange.get', { exchange: 1 })).reply?.exchange.state, { timeout: 10_000 })
    .toBe('closed')
  for (const [from, whole] of [
    ['client', question],
    ['server', answer]
  ] as const) {
    const pieces: Uint8Array[] = []
    for (let offset = 0; offset < mega; offset += pieces.at(-1)?.length ?? mega) {
      const { bytes, ...facts } = await screen.ask('http.body', { exchange: 1, from, offset, length: 60_000 })
      expect(facts).toEqual({ offset, total: whole.length, kept: mega })
      pieces.push(bytes)
    }
    expect(Buffer.concat(pieces).equals(whole.subarray(0, mega))).toBe(true)
  }
})
