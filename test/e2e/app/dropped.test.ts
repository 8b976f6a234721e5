import { writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { echoed, openTunnel } from '../../host/running-host.js'
import { freePort } from '../../oracle/loopback.js'
import { echoBackend } from '../backends.js'
import { drop } from '../drop.js'
import { row } from '../traffic-rows.js'
import { editor, goTo, ownConfig, runSwitch } from './app-screens.js'
import { virtualDisplay } from './display.js'
import { RunningApp } from './running-app.js'
import { siteFile } from './site.js'

let display: Awaited<ReturnType<typeof virtualDisplay>>
beforeAll(async () => {
  display = await virtualDisplay()
}, 180_000)
afterAll(() => display.close())

/** A site whose routes stand in a file beside it: who has its text alone, and not its place, cannot read them. */
async function siteOfTwoFiles(): Promise<{ file: string; port: number }> {
  const port = await freePort()
  const file = ownConfig(`Listen ${port}\nServerName localhost\nInclude routes.conf\n`)
  const backend = await echoBackend()
  writeFileSync(join(dirname(file), 'routes.conf'), `ProxyPass /ws/ ws://127.0.0.1:${backend}/ws/\n`)
  return { file, port }
}

describe('a file that is dropped on the window', () => {
  it('is opened where it stands, with what it includes: on Start, which says so, and on any other screen', async () => {
    const app = await RunningApp.withScreens({ display: display.display })
    const { page } = app
    const first = await siteOfTwoFiles()
    await page.getByText('Drop it here.').waitFor()
    await drop(page, first.file)
    await page.getByRole('main', { name: 'Traffic' }).waitFor()
    const tunnel = await openTunnel(`ws://127.0.0.1:${first.port}/ws/dropped`)
    expect(await echoed(tunnel, 'by its place')).toBe('by its place')
    await row(page, '/ws/dropped').waitFor()

    await goTo(page, 'Logs')
    const second = await siteOfTwoFiles()
    await drop(page, second.file)
    await page.getByRole('main', { name: 'Traffic' }).waitFor()
    await openTunnel(`ws://127.0.0.1:${second.port}/ws/another`)
    await row(page, '/ws/another').waitFor()
    await goTo(page, 'Config')
    await editor(page).getByText(`Listen ${second.port}`).waitFor()
    // A file of the disk: of a draft it would say `applied, not on disk`.
    await page
      .getByRole('main')
      .getByText(/^config \d+, applied/)
      .waitFor()
  })

  it('and is no config is refused, and what was served goes on', async () => {
    const port = await freePort()
    const app = await RunningApp.withScreens({ display: display.display, files: [siteFile(port, await echoBackend())] })
    const { page } = app
    await runSwitch(page).getByText('Running').waitFor()
    await drop(page, ownConfig('http { server { listen 80; } }\n'))
    await page.getByText('does not look like a config that this version reads').waitFor()
    const tunnel = await openTunnel(`ws://127.0.0.1:${port}/ws/still`)
    expect(await echoed(tunnel, 'still')).toBe('still')
  })
})
