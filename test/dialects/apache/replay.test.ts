import { afterAll, expect, test } from 'vitest'
import { differences, loadCase, recorded, replay } from './replay/replay.js'
import { Surroundings } from './replay/surroundings.js'

/**
 * What real httpd 2.4.71 was seen to do, without a socket: a probe's head in, the head to the origin and the head to the
 * client out, byte for byte in order and case, the text of httpd's own pages too.
 */
const surroundings = new Surroundings()
afterAll(() => surroundings.close())

const identical =
  `ws-basic http-upgrade-param dead-backend tunnel-bytes-ws backend-failures define-include encoded-paths env-controls exclusions
  forwarded-headers handshake-oddities-ws hop-by-hop http-no-upgrade-param idle-timeout keepalive-off limits-default location-proxypass
  longest-prefix-order no-wstunnel-module pipelined-upgrade protocols proxy-via redirects-plain request-header-upgrade-quirks
  reverse-cookies reverse-redirects slow-client static-next-to-ws syntax tls-sni trailing-slash trailing-slash-ws upgrade-none
  vhost-multi-address vhosts-names ws-order-before-catchall wss-check-off wss-expire-only wss-preserve-host-sni wss-verify
  request-headers response-headers if-expressions`.split(/\s+/)

/** Probes whose bytes no strict reader takes as a request, or that need two connections: left to the runs over sockets. */
const overSockets: Readonly<Record<string, readonly string[]>> = {
  'limits-default': ['9000 byte field', 'line 8300', '101 fields'],
  'pipelined-upgrade': ['GET then upgrade in one write', 'pipelined request behind an accepted handshake is tunnel data'],
  'slow-client': ['head never completes', 'body never completes', 'handshake never completes']
}

test.each(identical)('%s: as recorded', (name) => {
  const id = `apache/${name}`
  const loaded = loadCase(surroundings, id, false)
  expect(loaded.findings.filter((finding) => finding.routing || finding.severity === 'error')).toEqual([])
  if (loaded.site === null) throw new Error('the site is not served')
  const { replayed, left } = replay(surroundings, id, loaded.site)
  expect(left).toEqual(overSockets[name] ?? [])
  const probes = recorded(id).probes
  expect(replayed.length + left.length).toBe(probes.length)
  for (const each of replayed) {
    const reference = probes.find((probe) => probe.name === each.name)
    if (reference === undefined) throw new Error(`no recording of ${each.name}`)
    expect({ probe: each.name, differs: differences(reference, each) }).toEqual({ probe: each.name, differs: [] })
  }
})

test('a config that httpd refuses is refused, with the line', () => {
  const loaded = loadCase(surroundings, 'apache/config-errors', true)
  expect(loaded.site).toBeNull()
  expect(loaded.findings[0]?.span?.line).toBeGreaterThan(1)
})

test.each(['rewrite-ws-classic', 'balancer-sticky', 'wstunnel-native', 'proxyrequests', 'remoteip'])(
  '%s: what changes routing and is not modelled stops the start, unless lenient',
  (name) => {
    const strict = loadCase(surroundings, `apache/${name}`, false)
    expect(strict.site).toBeNull()
    const routing = strict.findings.filter((finding) => finding.routing)
    expect(routing.length).toBeGreaterThan(0)
    expect(routing.every((finding) => finding.span !== null && finding.code === 'unsupported-directive')).toBe(true)
    expect(loadCase(surroundings, `apache/${name}`, true).site).not.toBeNull()
  }
)
