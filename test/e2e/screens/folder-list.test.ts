import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { freePort } from '../../oracle/loopback.js'
import { temporaryFolder } from '../switchyard.js'
import { screenPage, servedDemo } from './screen-page.js'

test('in a browser, Start opens a config out of a folder of the machine; a path that is not there is said to be none', async () => {
  const folder = temporaryFolder()
  mkdirSync(join(folder, 'sites'))
  writeFileSync(join(folder, 'sites', 'my.conf'), `Listen ${await freePort()}\nServerName a.test\n`)
  const page = await screenPage(await servedDemo())
  await page
    .getByRole('button', { name: /Open config…/ })
    .first()
    .click()
  const field = page.getByRole('textbox', { name: 'Folder or file' })
  await field.fill(join(folder, 'none'))
  await field.press('Enter')
  await page.getByText(`There is no file or folder ${join(folder, 'none')}.`).waitFor()
  await field.fill(folder)
  await field.press('Enter')
  const files = page.getByRole('list', { name: 'Files' })
  await files.getByRole('button', { name: 'sites' }).click()
  await expect.poll(() => field.inputValue()).toBe(join(folder, 'sites'))
  await files.getByRole('button', { name: /my\.conf/ }).click()
  await page.getByRole('banner').getByText('my.conf').waitFor()
})
