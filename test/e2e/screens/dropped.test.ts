import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { freePort } from '../../oracle/loopback.js'
import { drop } from '../drop.js'
import { temporaryFolder } from '../switchyard.js'
import { row } from '../traffic-rows.js'
import { screenOf, screenPage } from './screen-page.js'
import { servedEcho } from './served-echo.js'

function dropped(text: string, name = 'production.conf'): string {
  const file = join(temporaryFolder(), name)
  writeFileSync(file, text)
  return file
}

test('a file that is dropped on a browser is served as a draft, on whatever screen; Config has its text, and can save it', async () => {
  const port = await freePort()
  const page = await screenPage(await servedEcho(), 'Traffic')
  const file = dropped(`Listen ${port}\nServerName localhost\nRedirect /old http://localhost/new\n`)
  await page.keyboard.press('Control+5')
  await screenOf(page, 'Logs')
  await drop(page, file)
  await screenOf(page, 'Traffic')
  const answer = await fetch(`http://localhost:${port}/old`, { redirect: 'manual' })
  expect([answer.status, answer.headers.get('location')]).toEqual([302, 'http://localhost/new'])
  await row(page, '/old').waitFor()

  await page.keyboard.press('Control+3')
  await screenOf(page, 'Config')
  await page.locator('.cm-content').getByText('Redirect /old http://localhost/new').waitFor()
  await page.getByText('applied, in no file yet').waitFor()
})

test('what a dropped file includes is not there, and is said so with its line', async () => {
  const page = await screenPage(await servedEcho(), 'Traffic')
  await page.keyboard.press('Control+3')
  await screenOf(page, 'Config')
  await drop(page, dropped(`Listen ${await freePort()}\nServerName localhost\nInclude more.conf\n`))
  await page.locator('.cm-content').getByText('Include more.conf').waitFor()
  await page
    .getByText(/more\.conf/)
    .nth(1)
    .waitFor()
})

test('a config that is dropped and that nobody here reads is refused, and what was served goes on', async () => {
  const served = await servedEcho()
  const page = await screenPage(served, 'Traffic')
  await drop(page, dropped('http { server { listen 80; } }\n', 'nginx.conf'))
  await page.getByText('does not look like a config that this version reads').waitFor()
  expect((await fetch(`${served.url}/`)).status).toBe(200)
})
