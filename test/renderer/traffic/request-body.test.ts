import { expect, it } from 'vitest'
import type { Connection } from '../../../renderer/state/connection.svelte.js'
import { requestBody } from '../../../renderer/views/traffic/exchanges/request-body.js'
import { exchange, http } from './rows.js'

/** A host that has kept the beginning of a body. */
function host(body: Uint8Array, kept = body.length): Pick<Connection, 'request'> {
  const request = (_name: string, { offset, length }: { offset: number; length: number }) =>
    Promise.resolve({ total: body.length, kept, bytes: body.subarray(offset, Math.min(kept, offset + length)) })
  return { request: request as unknown as Connection['request'] }
}
const bodyOf = (bytes: Uint8Array, kept?: number) =>
  requestBody(host(bytes, kept), http({ method: 'POST', bytesClient: bytes.length }), undefined)

it('the body of a request is text again, whole, however it is cut into pieces', async () => {
  const text = `a${'é'.repeat(40_000)}`
  expect(await bodyOf(Buffer.from(text))).toEqual({ text, empty: false })
})

it('a body that is no text, was not kept to its end or has no place on a command line is left out, and one that is not there is none', async () => {
  const leftOut = { text: null, empty: false }
  expect(await bodyOf(Uint8Array.of(0xff, 0xfe))).toEqual(leftOut)
  expect(await bodyOf(Buffer.from('a\0b'))).toEqual(leftOut)
  expect(await bodyOf(Buffer.from('cut off'), 3)).toEqual(leftOut)
  expect(await bodyOf(Buffer.alloc(200_000, 'x'))).toEqual(leftOut)
  expect(await bodyOf(new Uint8Array())).toEqual({ text: null, empty: true })
  expect(await requestBody(host(Buffer.from('x')), exchange({ bytesClient: 9 }), undefined)).toEqual({ text: null, empty: true })
})
