import { readFileSync, readdirSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import type { Site } from '../../../shared/site.js'
import type { Step } from '../../../shared/steps.js'
import { start } from '../../playbooks/outcomes.js'
import { handshake, requestOf } from '../../playbooks/play.js'
import { loadText, opened } from './config.js'

/** The four groups of the oracle as native configs, with the oracle's own placeholders, for a run over sockets; JSON once they are filled in. */
const folder = new URL('oracle/', import.meta.url)
const ports: Readonly<Record<string, string>> = { LISTEN: '8080', BACKEND: '3001', BACKEND2: '3002', DEAD: '3003', DEAD2: '3004' }

function rendered(name: string): Site {
  const text = readFileSync(new URL(`${name}.json.in`, folder), 'utf8').replace(
    /@([A-Z0-9]+?)(_PORT)?@/g,
    (_, which: string, port?: string) => {
      const value = ports[which]
      if (value === undefined) throw new Error(`${name} names ${which}, which is no placeholder`)
      return port === undefined ? `127.0.0.1:${value}` : value
    }
  )
  const { site, findings } = loadText(text)
  expect(findings).toEqual([])
  return site as Site
}

const sentFor = (site: Site, target: string, upgrades: boolean) => {
  const head = upgrades ? handshake(target) : requestOf(`GET ${target} HTTP/1.1\nHost: www.example.test`)
  const step = opened(site, head).next(start, 0) as Extract<Step, { do: 'send' }>
  return `${step.to.port} ${step.head.target}${step.head.fields.includes('Upgrade') ? ' upgrade' : ''}`
}

describe('the oracle’s groups as native configs', () => {
  it('are there', () => {
    expect(readdirSync(folder).sort()).toEqual([
      'dead-backend.json.in',
      'http-upgrade-param.json.in',
      'tunnel-bytes-ws.json.in',
      'ws-basic.json.in'
    ])
  })

  it.each([
    ['ws-basic', '/ws/chat', '3001 /ws/chat', true],
    ['ws-basic', '/ws/chat', '3001 /ws/chat', false],
    ['ws-basic', '/other?x=1', '3002 /other?x=1', false],
    ['http-upgrade-param', '/chat', '3001 /chat', true],
    ['http-upgrade-param', '/page', '3001 /page', false],
    ['dead-backend', '/ws', '3003 /ws', true],
    ['dead-backend', '/up', '3003 /up', true],
    ['dead-backend', '/x', '3003 /x', false],
    ['dead-backend', '/retry/x', '3004 /x', false],
    ['tunnel-bytes-ws', '/ws', '3001 /ws', true]
  ])('%s sends %s to %s (an upgrade: %s)', (name, target, expected, upgrades) => {
    expect(sentFor(rendered(name), target, upgrades)).toBe(upgrades ? `${expected} upgrade` : expected)
  })
})
