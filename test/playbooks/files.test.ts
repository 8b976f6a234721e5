import { describe, expect, it } from 'vitest'
import { answers, fails, found, start } from './outcomes.js'
import { faultOf, play, requestOf } from './play.js'
import { opened, toySite } from './toy/open.js'

const get = (target: string) => requestOf(`GET ${target} HTTP/1.1\nHost: server.example.com`)

describe('(e) an error document from a file', () => {
  const page = { '/srv/down.html': '<p>back soon</p>' }

  it('is looked at and answered after a failure, under the status of the failure', () => {
    const site = toySite({ '/': { to: ['a.test:80'], errors: { 503: { file: '/srv/down.html' } } } })
    play(opened(site, get('/x')), [
      [start, { do: 'send' }],
      [fails('refused'), { do: 'lookAt', paths: ['/srv/down.html'] }],
      [
        found(page),
        {
          do: 'respond',
          head: { status: 503, fields: ['Content-Type', 'text/html', 'Content-Length', '16'] },
          body: [{ path: '/srv/down.html', fromByte: 0, bytes: 16 }],
          persist: { keep: true }
        }
      ]
    ])
  })

  it('is answered in words where the file is missing, without looking again', () => {
    const site = toySite({ '/': { to: ['a.test:80'], errors: { 503: { file: '/srv/down.html' } } } })
    play(opened(site, get('/x')), [
      [start, { do: 'send' }],
      [fails('refused'), { do: 'lookAt' }],
      [
        found({ '/srv/down.html': null }),
        {
          do: 'respond',
          head: { status: 503, fields: ['Content-Type', 'text/plain'].concat(['Content-Length', '17', 'Connection', 'close']) }
        }
      ]
    ])
  })

  it('serves a head that is none too, and then ends the connection', () => {
    const site = toySite({}, { errors: { 400: { file: '/srv/bad.html' } } })
    play(opened(site, faultOf('twoHosts', { method: 'GET', target: '/', on: 'Host: b' })), [
      [start, { do: 'lookAt', paths: ['/srv/bad.html'] }],
      [found({ '/srv/bad.html': '<p>no</p>' }), { do: 'respond', head: { status: 400 }, body: [{ bytes: 9 }], persist: { keep: false } }]
    ])
  })
})

describe('(f) files on the way down a path, and a map', () => {
  const chain = { to: ['a.test:80'], accessFiles: { root: '/srv', name: '.toyaccess' } }

  it('reads every folder’s file, from the top', () => {
    play(opened(toySite({ '/': chain }), get('/a/b/page')), [
      [start, { do: 'lookAt', paths: ['/srv/.toyaccess', '/srv/a/.toyaccess', '/srv/a/b/.toyaccess'], readUpToBytes: 4096 }],
      [found({ '/srv/.toyaccess': null, '/srv/a/.toyaccess': 'field X-From: a\n', '/srv/a/b/.toyaccess': null }), { do: 'send' }],
      [answers('200 OK\nContent-Length: 0'), { do: 'relay', head: { fields: ['Content-Length', '0', 'X-From', 'a'] } }]
    ])
  })

  it('denies where one of them says so', () => {
    play(opened(toySite({ '/': chain }), get('/a/page')), [
      [start, { do: 'lookAt' }],
      [found({ '/srv/.toyaccess': 'field X-From: top', '/srv/a/.toyaccess': 'deny' }), { do: 'respond', head: { status: 403 } }]
    ])
  })

  it('reads a map once, asks for its time afterwards, and reads it again when it changed', () => {
    const site = toySite({ '/r/': { map: '/srv/hosts.map' } })
    const before = 'blue a.test:80\ngreen b.test:80'
    play(opened(site, get('/r/blue')), [
      [start, { do: 'lookAt', paths: ['/srv/hosts.map'], readUpToBytes: 4096 }],
      [found({ '/srv/hosts.map': before }, 10), { do: 'send', to: { host: 'a.test' } }]
    ])
    const again = play(opened(site, get('/r/green')), [[start, { do: 'lookAt', paths: ['/srv/hosts.map'] }]])
    expect(again).not.toHaveProperty('readUpToBytes')
    play(opened(site, get('/r/green')), [
      [start, { do: 'lookAt' }],
      [found({ '/srv/hosts.map': before }, 10), { do: 'send', to: { host: 'b.test' } }]
    ])
    play(opened(site, get('/r/green')), [
      [start, { do: 'lookAt' }],
      [found({ '/srv/hosts.map': before }, 11), { do: 'lookAt', readUpToBytes: 4096 }],
      [found({ '/srv/hosts.map': 'green c.test:80' }, 11), { do: 'send', to: { host: 'c.test' } }]
    ])
  })
})
