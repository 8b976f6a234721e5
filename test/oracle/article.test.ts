import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { bundled } from '../bundled.js'
import type { Case } from './case.js'
import { caseDifferences } from './differences.js'
import { Workshop, type Observation } from './observe.js'
import type { Probe } from './probe.js'
import { realServer, switchyard, type ProxyKind } from './proxies.js'
import { counts, describe as inWords } from './report.js'

/** The lines that people copy from article to article, to the letter. */
const article = `ProxyPreserveHost On
ProxyPass /ws/ ws://backend-server/
ProxyPassReverse /ws/ http://backend-server/
RequestHeader set Upgrade "websocket" env=HTTP_UPGRADE
RequestHeader set Connection "upgrade" env=HTTP_CONNECTION
`
const articleProbes: readonly Probe[] = [
  { name: 'handshake', path: '/ws/chat?room=1', upgrade: true, frames: ['hello', { bin: '00ff10' }] },
  { name: 'handshake with early frames', path: '/ws/chat', upgrade: true, early: ['early', 'frames'], frames: ['late'] },
  { name: 'GET below /ws/', path: '/ws/page', headers: [['Connection', 'keep-alive']] },
  { name: 'POST below /ws/', method: 'POST', path: '/ws/form', body: 'a=b' },
  { name: 'GET elsewhere', path: '/other' },
  { name: 'GET without the slash', path: '/ws' },
  { name: 'handshake elsewhere', path: '/other', upgrade: true },
  { name: 'another token', path: '/ws/chat', upgrade: { token: 'h2c' } },
  { name: 'no Connection', path: '/ws/chat', upgrade: { connection: null }, frames: ['hello'] },
  { name: 'refused: 403', path: '/ws/chat', upgrade: true, act: 'status=403' },
  { name: 'refused: 426', path: '/ws/chat', upgrade: true, act: 'status=426;h=Upgrade:websocket' },
  { name: 'refused: another version', path: '/ws/chat', upgrade: { version: '8' } },
  { name: 'the origin switches to another token', path: '/ws/chat', upgrade: true, act: '101=foo' }
]

const passed = `ProxyPreserveHost On
PassEnv SY_ORACLE SY_NOT_THERE
ProxyPass /ws/ ws://backend-server/
RequestHeader set X-Home "%{SY_ORACLE}e" env=SY_ORACLE
RequestHeader set X-Not "%{SY_NOT_THERE}e" env=SY_NOT_THERE
`
const passedProbes: readonly Probe[] = [
  { name: 'GET', path: '/ws/page' },
  { name: 'handshake', path: '/ws/chat', upgrade: true, frames: ['hello'] }
]

const configs = [
  { what: 'the lines of the article', lines: article, probes: articleProbes, env: {} },
  { what: 'PassEnv', lines: passed, probes: passedProbes, env: { SY_ORACLE: 'from outside' } }
]

/** Lines behind a Listen and every LoadModule; the comment gives the backend its port. */
function caseOf(lines: string, probes: readonly Probe[]): Case {
  const text = `# @BACKEND@\nListen @LISTEN@\nServerName localhost\n${lines}`
  return {
    id: 'apache/lines',
    format: 'apache',
    files: new Map([['proxy.conf', text]]),
    probes,
    defines: [],
    // a case that adds a module is given to both with all its LoadModule lines
    modulesAdd: ['status'],
    modulesRemove: [],
    expectRefused: false
  }
}

describe.each(configs)('$what, on real httpd and on Switchyard', ({ lines, probes, env }) => {
  const logs: string[] = []
  let workshop: Workshop
  let real: Observation
  let ours: Observation

  beforeAll(async () => {
    workshop = new Workshop()
    const onLog = (log: string) => logs.push(log)
    const httpd: ProxyKind = (...of) => ({ ...realServer(...of), env })
    const mapped: ProxyKind = (one, rendered, work) => {
      const command = switchyard(bundled('cli/switchyard'))(one, rendered, work)
      return { ...command, env, args: [...command.args, '--map', `backend-server=127.0.0.1:${rendered.ports['BACKEND']}`] }
    }
    ;[real, ours] = await Promise.all([
      // httpd has no --map: the name is replaced in its copy
      workshop.observe(caseOf(lines.replaceAll('backend-server', '@BACKEND@'), probes), httpd, { onLog }),
      workshop.observe(caseOf(lines, probes), mapped, { anyServer: true, onLog })
    ])
  })
  afterAll(() => workshop.close())

  it('is started by both', () => expect([real.started, ours.started], logs.join('\n')).toEqual([true, true]))

  it.each(probes.map(({ name }) => name))('%s: same wire, same upstream', (name) => {
    expect(real.probes.map((probe) => probe.name)).toContain(name)
    const differences = caseDifferences(real, ours).get(name)
    expect(differences?.filter(counts).map(inWords)).toEqual([])
  })

  it('reaches the backend', () => {
    expect(real.probes.reduce((sum, { upstream }) => sum + upstream.requests.length, 0)).toBeGreaterThan(probes.length / 2)
  })
})
