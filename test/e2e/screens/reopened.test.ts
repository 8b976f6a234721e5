import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import type { Host } from '../../../main/host/host.js'
import { temporaryFolder } from '../../host/running-host.js'
import { freePort } from '../../oracle/loopback.js'
import { goTo, screensOfHost, text } from './config-page.js'
import { screenOf } from './screen-page.js'

test('a recent config with findings and a kept draft is opened at the first of them, whatever Config had before', async () => {
  const folder = temporaryFolder()
  const [other, file] = [join(folder, 'other.conf'), join(folder, 'app.conf')]
  // As it stands on the disk, it is not served: the second line changes routing.
  const lines = `Listen ${await freePort()}\nServerName localhost\nRewriteEngine On\nRewriteRule ^/a /b [PT]\n`
  writeFileSync(file, lines)
  writeFileSync(other, `Listen ${await freePort()}\nServerName localhost\nKeepAliveTimeout 1\n`)
  let host!: Host
  const page = await screensOfHost(async (served) => {
    host = served
    await host.configs.open({ files: [file] }).catch(() => {})
    host.configs.texts.edit(file, `# kept\n${lines}`)
    await host.configs.open({ files: [other] })
    await host.keepRecent([file])
  })
  await goTo(page, 'Config')
  await text(page).getByText('KeepAliveTimeout').waitFor()
  await page.keyboard.press('Control+Shift+P')
  await page.getByRole('option', { name: 'Start page' }).click()
  await (await screenOf(page, 'Start page')).getByRole('button', { name: 'app.conf' }).click()
  await screenOf(page, 'Config')
  await text(page).getByText('# kept').waitFor()
  await page.locator('.cm-activeLineGutter', { hasText: '4' }).waitFor()
  expect(await page.getByText('is not part of the open config').count()).toBe(0)
})
