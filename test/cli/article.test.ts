import { readFileSync } from 'node:fs'
import { expect, it } from 'vitest'
import { echoBackend, echoed, openTunnel } from '../host/running-host.js'
import { rowsOf } from '../host/screens.js'
import { freePort } from '../oracle/loopback.js'
import { fileOf, runIn, serving } from './running.js'
import { screenAt } from './screen-at.js'

/** What people copy from articles: no Listen, no LoadModule, and two lines that do nothing. */
const article = `ProxyPreserveHost On
ProxyPass /ws/ ws://backend-server/
ProxyPassReverse /ws/ http://backend-server/
RequestHeader set Upgrade "websocket" env=HTTP_UPGRADE
RequestHeader set Connection "upgrade" env=HTTP_CONNECTION
`

it('the config of the articles tunnels as httpd does, says what it assumed, and its trace says which lines did nothing', async () => {
  const config = fileOf(article)
  const port = await freePort()
  const running = await serving([config, `--listen=${port}`, '--map', `backend-server=127.0.0.1:${await echoBackend()}`])
  expect(running.at).toBe(`127.0.0.1:${port}`)
  await expect.poll(() => running.err).toMatch(/note: .*no Listen.*\[listen-assumed\]/)
  await expect.poll(() => running.err).toMatch(/note: .*loads no module.*\d+ of them.*\[modules-assumed\]/)
  expect(await echoed(await openTunnel(`ws://${running.at}/ws/room`), 'hi')).toBe('hi')

  const screen = await screenAt(await running.line(/^screens /))
  const { view } = await screen.ask('view.open', { kind: 'exchanges', filter: '' })
  const exchange = (await rowsOf(screen, view, 1)).rows[0]?.id ?? 0
  // The exchange may be stored a batch before what was decided on it.
  await expect.poll(async () => (await screen.exchange('exchange.trace', { exchange })).ok).toBe(true)
  const { lines } = await screen.ask('exchange.trace', { exchange })
  const verdicts = Object.fromEntries(lines.flatMap(({ span, verdict }) => (span?.file === config ? [[span.line, verdict] as const] : [])))
  expect(verdicts).toMatchObject({ 2: 'applied', 4: 'missed', 5: 'missed' })
  const missed = lines.filter(({ verdict }) => verdict === 'missed').map(({ directive }) => directive)
  expect(missed).toEqual(expect.arrayContaining([expect.stringContaining('HTTP_UPGRADE'), expect.stringContaining('HTTP_CONNECTION')]))
})

it('the same over TLS: a port that is asked for with --tls has a local certificate, one with --listen has none', async () => {
  const [plain, secure] = [await freePort(), await freePort()]
  const running = await serving([
    ...[fileOf(article), `--listen=${plain}`, `--tls=${secure}`, '--no-ui'],
    ...['--map', `backend-server=127.0.0.1:${await echoBackend()}`]
  ])
  const ca = readFileSync((await runIn(running.data, 'ca', 'path')).out.trim())
  expect(await echoed(await openTunnel(`wss://localhost:${secure}/ws/room`, { ca }), 'hi')).toBe('hi')
  expect(await echoed(await openTunnel(`ws://127.0.0.1:${plain}/ws/room`), 'hi')).toBe('hi')
  expect(running.err).toMatch(new RegExp(`note: .*no Listen: what the command line says is used \\(${plain}, ${secure} over TLS\\)`))
})
