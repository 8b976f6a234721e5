import { readFileSync, writeFileSync } from 'node:fs'
import { homedir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { echoed, openTunnel } from '../../host/running-host.js'
import { freePort } from '../../oracle/loopback.js'
import { echoBackend } from '../backends.js'
import { temporaryFolder } from '../switchyard.js'
import { goTo, pathField, text } from './config-page.js'
import { screenOf, screenPage } from './screen-page.js'
import { servedEcho } from './served-echo.js'

test('says why its buttons do nothing yet: what is missing, what is wrong, that a config is being opened; what it starts can be kept as a file', async () => {
  const { host, screens } = await servedEcho()
  const file = join(temporaryFolder(), 'recent.json')
  writeFileSync(file, '{}')
  await host.keepRecent([file])
  const page = await screenPage({ screens }, 'Traffic')
  await page.keyboard.press('Control+Shift+P')
  await page.getByRole('option', { name: 'Start page' }).click()
  const start = await screenOf(page, 'Start page')
  const button = start.getByRole('button', { name: 'Start', exact: true })
  const why = async (): Promise<(string | null)[]> => [
    await button.getAttribute('aria-disabled'),
    await button.getAttribute('title'),
    await start.getByRole('status').innerText()
  ]
  const says = (title: string): unknown => ['true', title, expect.stringContaining(title)]

  await expect.poll(why).toEqual(says('Type a path and where it leads.'))
  await start.getByRole('textbox', { name: 'Path' }).fill('/ws/')
  await expect.poll(why).toEqual(says('Type where it leads.'))
  const target = start.getByRole('textbox', { name: 'Where it leads' })
  await target.fill('127.0.0.1:1/')
  await expect.poll(() => button.getAttribute('title')).toMatch(/^An address begins with/)
  await start.getByText('An address begins with ws://').waitFor()
  const origin = `ws://127.0.0.1:${await echoBackend()}/`
  await target.fill(origin)
  await expect.poll(why).toEqual(['false', null, expect.stringMatching(/^It is served on loopback/)])

  const { configs } = host
  const open = configs.openRoutes.bind(configs)
  let goOn = (): void => {}
  const held = new Promise<void>((resolve) => (goOn = resolve))
  // Ports of its own in place of 8080 and 8443, which other tests have.
  const [plain, secure] = [await freePort(), await freePort()]
  const listen = [plain, secure].map((port) => ({ address: '127.0.0.1', port, tls: port === secure }))
  configs.openRoutes = async (params) => (await held, await open({ listen, ...params }))
  await button.click()
  await expect.poll(why).toEqual(says('A config is being opened.'))
  await start.getByText('One is being opened…').waitFor()
  for (const name of ['Open config…', 'recent.json'])
    expect(await start.getByRole('button', { name }).getAttribute('title'), name).toBe('A config is being opened.')
  goOn()
  await screenOf(page, 'Traffic')
  const ca = readFileSync(join(host.dataDir, 'authorities/local/ca.pem'))
  for (const url of [`ws://localhost:${plain}/ws/`, `wss://localhost:${secure}/ws/`])
    expect(await echoed(await openTunnel(url, { ca }), url)).toBe(url)

  await goTo(page, 'Config')
  await text(page).getByText(origin).waitFor()
  await page.getByRole('button', { name: 'Save as…' }).click()
  const kept = join(temporaryFolder(), 'mine.json')
  const path = await pathField(page)
  expect(await path.inputValue()).toBe(join(homedir(), 'quick-route.json'))
  await path.fill(kept)
  await path.press('Enter')
  await page.getByRole('button', { name: 'Open it' }).click()
  await page.getByRole('banner').getByText('mine.json').waitFor()
  await page.getByText('config 3, applied').first().waitFor()
  expect(JSON.parse(readFileSync(kept, 'utf8'))).toMatchObject({ listen, routes: [{ match: '/ws/' }] })
})
