import { expect, it } from 'vitest'
import { PortMapping } from '../../../main/engine/exchange/port-mapping.js'
import type { ResponseHead } from '../../../shared/heads.js'

const redirect = (location: string, status = 302): ResponseHead => ({
  version: 'HTTP/1.1',
  status,
  reason: '',
  fields: ['X', 'y', 'LOCATION', location, 'Z', 'z']
})
function mapping(): PortMapping {
  const ports = new PortMapping()
  ports.serve(
    ['www.Example.test', '*.wild.test'],
    new Map([
      [443, 8443],
      [80, 8080],
      [8000, 9000]
    ])
  )
  return ports
}

it.each([
  ['https://www.example.test/a?b#c', 'https://www.example.test:8443/a?b#c'],
  ['http://www.example.test', 'http://www.example.test:8080'],
  ['HTTP://WWW.EXAMPLE.TEST/', 'HTTP://WWW.EXAMPLE.TEST:8080/'],
  ['wss://www.example.test:443/ws', 'wss://www.example.test:8443/ws'],
  ['http://www.example.test:8000/', 'http://www.example.test:9000/'],
  ['http://a.wild.test?x', 'http://a.wild.test:8080?x'],
  // Not ours, not mapped, or no absolute URL at all: as they were.
  ['http://wild.test/', 'http://wild.test/'],
  ['http://other.test/', 'http://other.test/'],
  ['https://www.example.test:9443/', 'https://www.example.test:9443/'],
  ['http://user@www.example.test/', 'http://user@www.example.test/'],
  ['ftp://www.example.test/', 'ftp://www.example.test/'],
  ['//www.example.test/', '//www.example.test/'],
  ['/a', '/a'],
  ['', '']
])('%s becomes %s', (location, expected) => {
  expect(mapping().out(redirect(location)).fields).toEqual(['X', 'y', 'LOCATION', expected, 'Z', 'z'])
})

it('touches answers that send a client elsewhere, and no others', () => {
  const there = 'http://www.example.test/'
  for (const status of [201, 301, 302, 303, 307, 308])
    expect(mapping().out(redirect(there, status)).fields[3]).toBe('http://www.example.test:8080/')
  for (const status of [101, 200, 404, 500]) {
    const head = redirect(there, status)
    expect(mapping().out(head)).toBe(head)
  }
})

it('is as good as absent where no port is mapped', () => {
  const ports = new PortMapping()
  ports.serve(['www.example.test'], new Map())
  const head = redirect('http://www.example.test/')
  expect(ports.out(head)).toBe(head)
})
