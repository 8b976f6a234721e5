import { createServer } from 'node:net'
import type { AddressInfo } from 'node:net'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it, onTestFinished } from 'vitest'
import { plainSpec } from '../../main/host/serve-spec.js'
import { runningHost, temporaryFolder } from './running-host.js'
import { appScreen } from './screens.js'

async function explaining() {
  const connections: unknown[] = []
  const origin = createServer((socket) => connections.push(socket)).listen(0, '127.0.0.1')
  onTestFinished(() => void origin.close())
  await new Promise((resolve) => origin.once('listening', resolve))
  const { port } = origin.address() as AddressInfo
  const file = join(temporaryFolder(), 'site.conf')
  writeFileSync(
    file,
    `Listen 80
<VirtualHost *:80>
  ServerName app.test
  ProxyPass /ws/ ws://127.0.0.1:${port}/ws/
  Redirect permanent /old /new
  ProxyPass /page http://127.0.0.1:${port}/page
</VirtualHost>
`
  )
  const { host } = await runningHost({ capture: 'off' })
  const { error } = await host.serve({ ...plainSpec([file]), ports: [[80, 0]] })
  expect(error).toBeNull()
  return { host, screen: await appScreen(host), port, file, connections }
}
const plain = { method: 'GET', fields: [], upgrade: false }

it('tells what would be decided, and sends nothing', async () => {
  const { screen, port, file, connections, host } = await explaining()
  const upgrade = await screen.ask('route.explain', { ...plain, url: 'ws://app.test/ws/chat?x=1', upgrade: true })
  expect(upgrade.outcome).toBe(`sent to ws://127.0.0.1:${port}/ws/chat?x=1 as an upgrade`)
  expect(upgrade.head).toMatchObject({ to: 'origin', startLine: 'GET /ws/chat?x=1 HTTP/1.1' })
  expect(upgrade.head?.fields).toContainEqual(['Upgrade', 'websocket'])
  expect(upgrade.trace.lines).toContainEqual(
    expect.objectContaining({
      verdict: 'applied',
      directive: `ProxyPass /ws/ ws://127.0.0.1:${port}/ws/`,
      span: expect.objectContaining({ file, line: 4 })
    })
  )
  const page = await screen.ask('route.explain', { ...plain, url: `http://app.test:${host.listeners[0]?.port}/page`, upgrade: false })
  expect(page.outcome).toBe(`sent to http://127.0.0.1:${port}/page as plain HTTP`)
  expect(page.trace.lines).toContainEqual(expect.objectContaining({ verdict: 'missed', span: expect.objectContaining({ line: 4 }) }))
  const asPlain = await screen.ask('route.explain', { ...plain, url: 'http://app.test/page', upgrade: true })
  expect(asPlain.outcome).toContain('without its upgrade')
  const moved = await screen.ask('route.explain', { ...plain, url: 'http://app.test/old/x' })
  expect(moved).toMatchObject({ outcome: expect.stringContaining('301'), head: { to: 'client' } })
  expect(await screen.exchange('route.explain', { ...plain, url: 'https://app.test/' })).toMatchObject({
    error: { code: 'request-invalid', hint: 'It serves http on 80.' }
  })
  expect(await screen.exchange('route.explain', { ...plain, url: 'nonsense' })).toMatchObject({ error: { code: 'request-invalid' } })
  await host.refreshCounts()
  expect(host.status.counts).toMatchObject({ exchanges: 0, openExchanges: 0, connections: 0, failures: 0 })
  expect(connections).toEqual([])
})

it('outlines the hosts and their routes', async () => {
  const { screen, port, file } = await explaining()
  expect(await screen.ask('config.outline', {})).toMatchObject({
    hosts: [
      {
        name: 'app.test',
        listens: ['*:80'],
        at: { file, line: 2 },
        routes: [
          { match: '/ws/', to: `ws://127.0.0.1:${port}/ws/`, at: { line: 4 } },
          { match: '/old', to: 'redirect to /new', at: { line: 5 } },
          { match: '/page', to: `http://127.0.0.1:${port}/page`, at: { line: 6 } }
        ]
      }
    ]
  })
})
