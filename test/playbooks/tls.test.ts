import { describe, expect, it } from 'vitest'
import type { ListenerSpec, TlsFacts } from '../../shared/site.js'
import { start } from './outcomes.js'
import { arrivalOn, play, requestOf } from './play.js'
import { opened } from './toy/open.js'
import { ToySite } from './toy/site.js'

describe('(i) client certificates by name', () => {
  const site = new ToySite(
    {
      listen: [{ port: 8443, tls: true }],
      names: {
        'www.example.test': { clientCertificates: 'none' },
        'admin.example.test': { clientCertificates: 'require', clientCaFile: '/srv/clients.pem' }
      },
      locations: { '/': { to: ['a.test:80'] } }
    },
    1
  )
  const arrival = arrivalOn(site.listeners[0] as ListenerSpec)
  const facts = (serverName: string): TlsFacts => ({ serverName, protocol: 'TLSv1.3', cipher: 'x', alpn: null, clientCertificate: null })

  it('asks for one where the name has that policy, and with its own certificate', () => {
    expect(site.secure(arrival, { serverName: 'admin.example.test', alpn: [] })).toMatchObject({
      certificate: { from: 'local', names: ['admin.example.test'] },
      clientCertificates: 'require',
      clientCaFile: '/srv/clients.pem'
    })
    expect(site.secure(arrival, { serverName: 'www.example.test', alpn: [] })).toMatchObject({
      clientCertificates: 'none',
      clientCaFile: null
    })
  })

  it('refuses a name that is nobody’s, and no name', () => {
    expect(site.secure(arrival, { serverName: 'other.test', alpn: [] })).toMatchObject({ refuse: 'alert' })
    expect(site.secure(arrival, { serverName: null, alpn: [] })).toMatchObject({ refuse: 'alert' })
  })

  it('takes no request for the guarded name over a connection of the open one', () => {
    const request = requestOf('GET / HTTP/1.1\nHost: admin.example.test')
    play(opened(site, request, { tls: facts('www.example.test') }), [[start, { do: 'respond', head: { status: 421 } }]])
    play(opened(site, request, { tls: facts('admin.example.test') }), [[start, { do: 'send' }]])
  })

  it('logs a handshake that failed', () => {
    const failure = { check: 'alert', message: 'the client says unknown_ca', serverName: 'www.example.test' } as const
    expect(site.refused(arrival, failure).log).toEqual([
      { level: 'info', source: 'server', code: 'toy-tls-alert', message: '192.0.2.7 www.example.test: the client says unknown_ca' }
    ])
  })
})
