import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { temporaryFolder } from '../../host/running-host.js'
import { row } from '../traffic-rows.js'
import { filledSite } from './filled-site.js'
import { screenPage } from './screen-page.js'

it('exports an exchange to a file, and replaces one that is there only when it is told to', async () => {
  const { served } = await filledSite()
  const page = await screenPage(served, 'Traffic')
  const file = join(temporaryFolder(), 'notes.txt')
  writeFileSync(file, 'my notes')

  await row(page, '/ws/chat').click({ button: 'right' })
  await page.getByRole('menuitem', { name: 'Export…' }).click()
  const form = page.getByRole('dialog', { name: 'Export' })
  await form.getByRole('textbox', { name: 'File' }).fill(file)
  await form.getByRole('button', { name: 'Export', exact: true }).click()
  await form.getByText(`${file} is there already.`).waitFor()
  expect(readFileSync(file, 'utf8')).toBe('my notes')

  await form.getByRole('button', { name: 'Replace', exact: true }).click()
  await page.getByText('1 exchange written to').waitFor()
  expect(readFileSync(file, 'utf8')).toMatch(/^\{"type":"/)
})
