import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { echoBackend } from '../backends.js'
import { temporaryFolder } from '../switchyard.js'
import { screenOf, screenPage } from './screen-page.js'
import { servedEcho } from './served-echo.js'

test('says why its buttons do nothing yet: what is missing, what is wrong, and that a config is being opened', async () => {
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
  await target.fill(`ws://127.0.0.1:${await echoBackend()}/`)
  await expect.poll(why).toEqual(['false', null, expect.stringMatching(/^It is served on loopback/)])

  const { configs } = host
  const open = configs.openRoutes.bind(configs)
  let goOn = (): void => {}
  const held = new Promise<void>((resolve) => (goOn = resolve))
  configs.openRoutes = async (params) => (await held, await open(params))
  await button.click()
  await expect.poll(why).toEqual(says('A config is being opened.'))
  await start.getByText('One is being opened…').waitFor()
  for (const name of ['Open config…', 'recent.json'])
    expect(await start.getByRole('button', { name }).getAttribute('title'), name).toBe('A config is being opened.')
  goOn()
  await screenOf(page, 'Traffic')
})
