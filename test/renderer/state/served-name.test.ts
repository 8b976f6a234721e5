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

it('has a path that is led somewhere, of a WebSocket where that is asked for; what is for another host is none', () => {
  const routed = (name: string, virtual: boolean, ...routes: [match: string, to: string][]): OutlineHost => ({
    ...host(name, '*:443'),
    at: virtual ? span : null,
    routes: routes.map(([match, to]) => ({ match, to: to.replace(' upgrading', ''), upgrades: /^ws| upgrading/.test(to), at: span }))
  })
  const pathsOf = (...hosts: OutlineHost[]): string[] =>
    [false, true].map((socket) => new URL(askedOf(listener(443), hosts, socket).url).pathname)
  const backend = 'http://127.0.0.1:3000/'
  expect(
    pathsOf(routed('a.test', true, ['/no/', 'not proxied'], ['^/x(.*)', backend], ['/ws/', 'ws://127.0.0.1/'], ['/app/', backend]))
  ).toEqual(['/app/', '/ws/'])
  expect(pathsOf(routed('a.test', true, ['/app/', backend], ['/', backend]))).toEqual(['/', '/'])
  expect(pathsOf(routed('a.test', true, ['/ws/', 'wss://127.0.0.1/']))).toEqual(['/ws/', '/ws/'])
  expect(pathsOf(routed('main.test', false, ['/all/', backend]), routed('a.test', true), routed('b.test', true, ['/b/', backend]))).toEqual(
    ['/all/', '/all/']
  )
  // A folder at the root says nothing of what the backend has.
  expect(pathsOf(routed('a.test', true, ['/', '/var/www'], ['/app/', backend], ['/ws/', `${backend} upgrading`]))).toEqual([
    '/app/',
    '/ws/'
  ])
  const own = `${backend} upgrading`
  expect(pathsOf(routed('a.test', true, ['/old/', own], ['/', own]))).toEqual(['/', '/'])
  // A switchyard.json: its routes are for a name, or for any.
  expect(pathsOf(routed('other.test', false, ['/o/', backend]), routed('*', false, ['/any/', backend]))).toEqual(['/o/', '/o/'])
  expect(pathsOf()).toEqual(['/', '/'])
})

it('goes by itself where every resolver knows the name, or there is none', () => {
  expect(askedOf(listener(443), [host('localhost', '*:443')])).toEqual({ url: 'https://localhost:18443/', at: null })
  expect(askedOf(listener(443), [host('*', '*:443'), host('10.0.0.1', '*:443')])).toEqual(byAddress)
  expect(askedOf(listener(80, false), [host('app.example.com', '*:80')])).toEqual({ url: 'http://127.0.0.1:18443/', at: null })
})
