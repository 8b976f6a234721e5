import { spawn } from 'node:child_process'
import type { Page } from 'playwright-core'
import { expect, test } from 'vitest'
import { echoed, openTunnel } from '../../host/running-host.js'
import { exchanges, frames, row } from '../traffic-rows.js'
import { screenPage } from './screen-page.js'
import { servedEcho } from './served-echo.js'

async function copyingPage() {
  const served = await servedEcho()
  const page = await screenPage(served, 'Traffic')
  await page.context().grantPermissions(['clipboard-read', 'clipboard-write'])
  return { page, url: served.url, ws: served.url.replace('http', 'ws') }
}
const copied = (page: Page): Promise<string> => page.evaluate(() => navigator.clipboard.readText())

test('a URL with a token is copied masked, and the notice says so, until its secrets are shown', async () => {
  const { page, ws } = await copyingPage()
  await openTunnel(`${ws}/ws/a?room=1&token=s3cret`)
  await row(page, '/ws/a').click()
  await page.getByRole('heading', { name: `${ws}/ws/a?room=1&token=•••` }).waitFor()
  await page.getByRole('button', { name: 'Copy URL' }).click()
  await page.getByText('URL copied, masked').waitFor()
  expect(await copied(page)).toBe(`${ws}/ws/a?room=1&token=•••`)

  await page.getByRole('button', { name: 'More actions' }).click()
  await page.getByRole('menuitem', { name: 'Copy as new WebSocket(…)' }).click()
  await expect.poll(() => copied(page)).toBe(`new WebSocket("${ws}/ws/a?room=1&token=•••")`)

  await page.getByRole('tab', { name: 'Handshake' }).click()
  await page.getByRole('switch', { name: 'Reveal' }).click()
  await page.getByRole('heading', { name: `${ws}/ws/a?room=1&token=s3cret` }).waitFor()
  await page.getByRole('button', { name: 'Copy URL' }).click()
  await expect.poll(() => copied(page)).toBe(`${ws}/ws/a?room=1&token=s3cret`)

  // Looking at another hides it again.
  await openTunnel(`${ws}/ws/b`)
  await row(page, '/ws/b').click()
  await page.getByRole('heading', { name: `${ws}/ws/b` }).waitFor()
  await row(page, '/ws/a').click()
  await page.getByRole('heading', { name: `${ws}/ws/a?room=1&token=•••` }).waitFor()
})

/** What curl prints where a shell runs its line; it stays with a tunnel until it has waited enough. */
async function shellSays(line: string): Promise<string> {
  const child = spawn('sh', ['-c', `${line} --silent --max-time 3`], { stdio: ['ignore', 'pipe', 'inherit'] })
  let said = ''
  for await (const piece of child.stdout) said += piece
  return said
}

test('what is copied as cURL asks for the same again, in a real curl: a body with quotes, and a tunnel', async () => {
  const { page, url, ws } = await copyingPage()
  const copyCurl = async (target: string): Promise<string> => {
    await row(page, target).first().click()
    await page.getByRole('button', { name: 'More actions' }).click()
    await page.getByRole('menuitem', { name: 'Copy as cURL', exact: true }).click()
    await expect.poll(() => copied(page)).toMatch(new RegExp(`^curl .*${target}$`))
    return await copied(page)
  }
  const body = `@it's "one" $HOME \\n`
  await fetch(`${url}/text`, { method: 'POST', body, headers: { 'Content-Type': 'text/plain', 'X-Quoted': `it's "two"` } })
  // The backend says what it was sent.
  const [head, said] = (await shellSays(await copyCurl('/text'))).split('\r\n\r\n')
  expect([head?.split('\r\n')[0], said]).toEqual(['HTTP/1.1 200 OK', body])

  await openTunnel(`${ws}/ws/again`)
  expect(await shellSays(await copyCurl('/ws/again'))).toMatch(/^HTTP\/1\.1 101 [^]*\r\nSec-WebSocket-Accept: /)
})

test('a request is copied as cURL with its body, and without one that is no text, which the notice says', async () => {
  const { page, url } = await copyingPage()
  const streamed = new Blob(['streamed ', 'text']).stream()
  await fetch(`${url}/text`, { method: 'POST', body: '@a "body"', headers: { 'Content-Type': 'text/plain' } })
  await fetch(`${url}/streamed`, { method: 'POST', body: streamed, duplex: 'half' } as RequestInit)
  await fetch(`${url}/binary`, { method: 'POST', body: Uint8Array.of(1, 0, 255) })
  const copyCurl = async (path: string): Promise<void> => {
    await row(page, path).click()
    await page.getByRole('button', { name: 'More actions' }).click()
    await page.getByRole('menuitem', { name: 'Copy as cURL', exact: true }).click()
  }
  await copyCurl('/text')
  await expect.poll(() => copied(page)).toContain(`--data-raw '@a "body"' ${url}/text`)
  await copyCurl('/streamed')
  await expect.poll(() => copied(page)).toContain(`--data-raw 'streamed text' ${url}/streamed`)
  await copyCurl('/binary')
  await page.getByText('Copied without the body').waitFor()
  expect(await copied(page)).not.toContain('--data')
})

test('every chosen row is copied: exchanges and frames, by Ctrl C, their letter and their menu', async () => {
  const { page, url, ws } = await copyingPage()
  await fetch(`${url}/one`)
  await fetch(`${url}/two`)
  const tunnel = await openTunnel(`${ws}/ws/three`)
  for (const text of ['first', 'second']) await echoed(tunnel, text)
  await row(page, '/ws/three').click()
  await frames(page)
    .getByRole('row', { name: /Frame 4,/ })
    .waitFor()

  await exchanges(page).focus()
  await page.keyboard.press('Control+a')
  await page.keyboard.press('Control+c')
  await expect
    .poll(async () => (await copied(page)).split('\n').map((line) => line.split('\t').slice(0, 2)))
    .toEqual([
      ['GET', `${url}/one`],
      ['GET', `${url}/two`],
      ['WS', `${ws}/ws/three`]
    ])
  await page.keyboard.press('c')
  await expect.poll(async () => (await copied(page)).split('\n')).toEqual([`${url}/one`, `${url}/two`, `${ws}/ws/three`])

  await frames(page).focus()
  await page.keyboard.press('Home')
  await page.keyboard.press('Shift+ArrowDown')
  await page.keyboard.press('Control+c')
  const payloads = async (): Promise<(string | undefined)[]> => (await copied(page)).split('\n').map((line) => line.split('\t').at(-1))
  await expect.poll(payloads).toEqual(['first', 'first'])
  await page.keyboard.press('Control+a')
  await frames(page)
    .getByRole('row', { name: /Frame 4,/ })
    .click({ button: 'right' })
  await page.getByRole('menuitem', { name: 'Copy 4 rows' }).click()
  await expect.poll(payloads).toEqual(['first', 'first', 'second', 'second'])
})
