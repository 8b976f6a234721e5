import { expect, it } from 'vitest'
import { askedOf } from '../../../renderer/state/served-name.js'
import type { ListenerFacts, OutlineHost } from '../../../shared/contract.js'

const span = { file: '/a', line: 1, column: 1, endLine: 1, endColumn: 2 }
const host = (name: string, ...listens: string[]): OutlineHost => ({ name, listens, at: span, routes: [] })
const listener = (production: number, tls = true): ListenerFacts => ({
  url: `http${tls ? 's' : ''}://127.0.0.1:18443`,
  address: '127.0.0.1',
  port: 18443,
  tls,
  production: { address: '*', port: production },
  exposed: false
})
const at = (name: string) => ({ url: `https://${name}:18443/`, at: { name, address: '127.0.0.1', port: 18443 } })
const byAddress = { url: 'https://127.0.0.1:18443/', at: null }

it('is the name of a virtual host on the port, which its certificate is for', () => {
  const hosts = [
    { ...host('localhost', '*:80', '*:443'), at: null },
    host('plain.example.com', '*:80'),
    host('*.example.com', '*:443'),
    host('app.example.com', '10.0.0.1:443')
  ]
  expect(askedOf(listener(443), hosts)).toEqual(at('app.example.com'))
  expect(askedOf(listener(443), [host('any.example.com', '*')])).toEqual(at('any.example.com'))
  expect(askedOf(listener(8443), [host('app.example.com', '*:443')])).toEqual(byAddress)
})

it('goes by itself where every resolver knows the name, or there is none', () => {
  expect(askedOf(listener(443), [host('localhost', '*:443')])).toEqual({ url: 'https://localhost:18443/', at: null })
  expect(askedOf(listener(443), [host('*', '*:443'), host('10.0.0.1', '*:443')])).toEqual(byAddress)
  expect(askedOf(listener(80, false), [host('app.example.com', '*:80')])).toEqual({ url: 'http://127.0.0.1:18443/', at: null })
})
