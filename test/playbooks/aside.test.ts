import { describe, it } from 'vitest'
import { answers, fails, start, switching } from './outcomes.js'
import { handshake, play } from './play.js'
import { opened, toySite } from './toy/open.js'

describe('(c) a question aside before an upgrade', () => {
  const site = () =>
    toySite({
      '/ws/': { to: ['app.test:80'], upgrade: true, ask: '/auth', errors: { 401: { redirect: '/login' } } },
      '/auth': { to: ['auth.test:80'], answerMs: 700, errors: { 502: { to: '@authSpare' } } },
      '@authSpare': { to: ['spare.test:80'] }
    })
  const asked = {
    do: 'send',
    to: { host: 'auth.test' },
    head: {
      method: 'GET',
      target: '/auth',
      fields: [
        ...['Host', 'auth.test:80', 'Sec-WebSocket-Key', 'dGhlIHNhbXBsZSBub25jZQ==', 'Sec-WebSocket-Version', '13'],
        ...['Cookie', 'id=7', 'X-Original-Target', '/ws/chat']
      ]
    },
    body: 'none',
    answer: 'aside'
  } as const
  const request = handshake('/ws/chat', 'Cookie: id=7')

  it('has its own location and timeouts, and no Upgrade; a 2xx lets the handshake pass', () => {
    play(opened(site(), request), [
      [start, { ...asked, timeouts: { headMs: 700 } }],
      [answers('204 No Content'), { do: 'send', to: { host: 'app.test' }, answer: 'client', timeouts: { headMs: 5000 } }],
      [switching(), { do: 'tunnel' }]
    ])
  })

  it('is refused with the page of the location that asked', () => {
    play(opened(site(), request), [
      [start, asked],
      [
        answers('401 Unauthorized\nWWW-Authenticate: Basic realm=x'),
        { do: 'respond', head: { status: 302, fields: ['Location', '/login', 'Content-Length', '0'] }, body: [], persist: { keep: true } }
      ]
    ])
  })

  it('fails over by an error page of its own, and what that answers counts', () => {
    play(opened(site(), request), [
      [start, asked],
      [fails('refused'), { do: 'send', to: { host: 'spare.test' }, head: { target: '/authSpare' }, answer: 'aside' }],
      [answers('200 OK\nContent-Length: 12'), { do: 'send', to: { host: 'app.test' }, answer: 'client' }],
      [switching(), { do: 'tunnel' }]
    ])
  })

  it('is a 500 where nobody could answer it, or the answer is neither yes nor no', () => {
    play(opened(site(), request), [
      [start, asked],
      [fails('refused'), { do: 'send', to: { host: 'spare.test' } }],
      [fails('headTimedOut'), { do: 'respond', head: { status: 500 } }]
    ])
    play(opened(site(), request), [
      [start, asked],
      [answers('302 Found\nLocation: /elsewhere'), { do: 'respond', head: { status: 500 } }]
    ])
  })
})
