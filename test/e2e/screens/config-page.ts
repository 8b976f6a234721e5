import type { Locator, Page } from 'playwright-core'
import { mkdirSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { dirname, join } from 'node:path'
import { expect, onTestFinished } from 'vitest'
import { ControlServer } from '../../../main/host/control/control-server.js'
import type { Host } from '../../../main/host/host.js'
import { bundled } from '../../bundled.js'
import { runningHost, temporaryFolder } from '../../host/running-host.js'
import { freePort } from '../../oracle/loopback.js'
import { ownPage } from './screen-page.js'

/** The screens of a host in a browser. @param prepare what is served already; nothing, unless it says so */
export async function screensOfHost(prepare: (host: Host) => Promise<unknown> = async () => {}): Promise<Page> {
  const { host } = await runningHost()
  await prepare(host)
  const screens = join(dirname(bundled('cli/switchyard')), '../renderer')
  const onScreen: ConstructorParameters<typeof ControlServer>[0]['onScreen'] = (transport) => host.join(transport)
  const server = new ControlServer({ address: '127.0.0.1', port: 0, hostNames: [], screens, onScreen })
  await server.start()
  onTestFinished(() => server.close())
  return await ownPage(server.url)
}

/** A virtual host with what all of them share in a file of its own. */
export async function apacheFiles(lines: string): Promise<{ folder: string; file: string; port: number }> {
  const folder = temporaryFolder()
  const port = await freePort()
  mkdirSync(join(folder, 'includes'))
  writeFileSync(join(folder, 'includes/common.conf'), 'RequestHeader set X-Common yes\n')
  const file = join(folder, 'site.conf')
  writeFileSync(file, siteText(port, lines))
  return { folder, file, port }
}
export function siteText(port: number, lines: string): string {
  return `Listen ${port}
<VirtualHost *:${port}>
    ServerName app.example.com
    Include includes/common.conf
${lines}
</VirtualHost>
`
}

/** A port that another program has. */
export async function takenPort(): Promise<number> {
  const port = await freePort()
  const other = createServer().listen(port)
  onTestFinished(() => void other.close())
  await new Promise((resolve) => other.once('listening', resolve))
  return port
}

export async function goTo(page: Page, screen: string): Promise<void> {
  await page.getByRole('navigation').getByRole('button', { name: screen }).click()
}
/**
 * The field of the picker, when it says the folder that it begins with: a test selects what stands there and types in two steps, and
 * between them that folder would come before what is typed.
 */
export async function pathField(page: Page): Promise<Locator> {
  const path = page.getByRole('combobox', { name: 'Path' })
  await expect.poll(() => path.inputValue(), { timeout: 10_000 }).not.toBe('')
  return path
}
/** Types the path, as far as it takes to find the file. */
export async function openByPicker(page: Page, folder: string): Promise<void> {
  await goTo(page, 'Config')
  await page.getByRole('button', { name: 'Open…', exact: true }).click()
  const path = await pathField(page)
  await path.fill(join(folder, 'si'))
  await page.getByRole('option', { name: 'site.conf' }).waitFor()
  await path.press('Tab')
  expect(await path.inputValue()).toBe(join(folder, 'site.conf'))
  await path.press('Enter')
  await text(page).getByText('ServerName').waitFor()
}
export const text = (page: Page) => page.locator('.cm-content')
/** As they stand in the editor, without what is said of them behind their ends. */
export const firstLines = (page: Page) =>
  page.locator('.cm-line').evaluateAll((lines) =>
    lines.slice(0, 2).map((line) => {
      const said = line.querySelector('.cm-line-end')?.textContent ?? ''
      return (line.textContent ?? '').slice(0, said === '' ? undefined : -said.length)
    })
  )
