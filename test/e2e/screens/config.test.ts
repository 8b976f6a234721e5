import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Page } from 'playwright-core'
import { describe, expect, it } from 'vitest'
import { echoBackend } from '../../host/running-host.js'
import { apacheFiles, firstLines, goTo, openByPicker, pathField, screensOfHost, siteText, text } from './config-page.js'

const problems = (page: Page) => page.getByRole('region', { name: 'Problems' })

describe('The Config screen', () => {
  it('opens a config by its path; a mistake is found as it is typed, stops Apply, and is mended; Save writes it', async () => {
    const backend = await echoBackend()
    const { folder, file, port } = await apacheFiles(`    ProxyPass /ws/ ws://127.0.0.1:${backend}/ws/`)
    const page = await screensOfHost()
    await openByPicker(page, folder)
    await page.getByText('config 1, applied').first().waitFor()
    await page.getByRole('tab', { name: 'common.conf' }).waitFor()
    await page.getByRole('region', { name: 'Backends' }).getByText(`127.0.0.1:${backend}`).waitFor()
    await page.getByRole('button', { name: 'Probe', exact: true }).click()
    await page.getByText(/answers, \d+ ms/).waitFor()

    await text(page).click()
    await page.keyboard.press('Control+Home')
    await page.keyboard.type('ServerNam app\n')
    await page.locator('.cm-finding-gutter .error').waitFor()
    await problems(page)
      .getByText(/ServerNam/)
      .waitFor()
    await page.getByText('not applied, not on disk').waitFor()
    expect(await firstLines(page)).toEqual(['ServerNam app', `Listen ${port}`])

    await page.keyboard.press('Control+s')
    await page.getByText(/^Not applied: /).waitFor()
    const peek = page.locator('.cm-peek')
    await peek.getByText("Invalid command 'ServerNam'").waitFor()
    await peek.getByText('Is ServerName meant?').waitFor()
    expect(readFileSync(file, 'utf8')).toBe(siteText(port, `    ProxyPass /ws/ ws://127.0.0.1:${backend}/ws/`))

    await page.keyboard.press('Control+Home')
    await page.keyboard.press('Shift+End')
    await page.keyboard.type('Timeout 99')
    await page.locator('.cm-finding-gutter .error').waitFor({ state: 'detached' })
    await page.getByText(/^Not applied: /).waitFor({ state: 'detached' })
    await page.keyboard.press('Control+s')
    await page.getByText('applied, not on disk', { exact: true }).waitFor()
    await page.keyboard.press('Control+Shift+s')
    await page.getByText('config 2, applied').first().waitFor()
    expect(readFileSync(file, 'utf8')).toBe(`Timeout 99\n${siteText(port, `    ProxyPass /ws/ ws://127.0.0.1:${backend}/ws/`)}`)
    expect(await firstLines(page)).toEqual(['Timeout 99', `Listen ${port}`])
  })

  it('takes what is typed over coloured words, whole and in part, and takes it back', async () => {
    const { folder } = await apacheFiles('    ProxyPass /ws/ ws://127.0.0.1:3000/')
    // What is refused by the page's policy fails the test.
    const page = await screensOfHost()
    await openByPicker(page, folder)
    await text(page).click()
    for (const [steps, over] of [
      [9, 6],
      [2, 15],
      [0, 4]
    ] as const) {
      await page.keyboard.press('Control+Home')
      for (let step = 0; step < steps; step++) await page.keyboard.press('ArrowRight')
      for (let step = 0; step < over; step++) await page.keyboard.press('Shift+ArrowRight')
      await page.keyboard.type('# a"b')
      await expect.poll(async () => (await firstLines(page)).join('\n').slice(steps, steps + 5)).toBe('# a"b')
    }
    for (let undone = 0; undone < 6; undone++) await page.keyboard.press('Control+Z')
    await expect.poll(() => firstLines(page)).toEqual([expect.stringMatching(/^Listen \d+$/), expect.stringContaining('<VirtualHost')])
  })

  it('does not write over what changed on the disk unless it is told to', async () => {
    const { folder, file, port } = await apacheFiles('    Redirect / https://example.com/')
    const page = await screensOfHost()
    await openByPicker(page, folder)
    await text(page).click()
    await page.keyboard.press('Control+Home')
    await page.keyboard.type('# mine\n')
    await page.getByRole('tab', { name: /site\.conf.*edited/ }).waitFor()
    writeFileSync(file, `# theirs\n${siteText(port, '    Redirect / https://example.org/')}`)
    await page.getByRole('tab', { name: /changed on disk/ }).waitFor()

    await page.getByRole('button', { name: 'Save to disk' }).click()
    await page.getByText('was changed on the disk since you began to edit it').waitFor()
    expect(readFileSync(file, 'utf8')).toMatch(/^# theirs/)
    await page.getByRole('button', { name: 'Overwrite with your draft' }).click()
    await page.getByText('Saved site.conf.').waitFor()
    expect(readFileSync(file, 'utf8')).toMatch(/^# mine\nListen/)
  })

  it('lists configs, and other files when they are asked for or typed', async () => {
    const { folder } = await apacheFiles('    Redirect / https://example.com/')
    for (const name of ['notes.txt', 'default']) writeFileSync(join(folder, name), '# nothing\n')
    const page = await screensOfHost()
    await goTo(page, 'Config')
    await page.getByRole('button', { name: 'Open…', exact: true }).click()
    const path = await pathField(page)
    const listed = async (): Promise<string[]> => await page.getByRole('option').locator('.cut').allInnerTexts()
    await path.fill(`${folder}/`)
    await expect.poll(listed).toEqual(['includes', 'site.conf'])
    await page.getByText('2 other files not listed').waitFor()
    await path.fill(`${folder}/def`)
    await expect.poll(listed).toEqual(['default'])
    await path.fill(`${folder}/`)
    await page.getByRole('button', { name: 'Configs only' }).press('Space')
    await expect.poll(listed).toEqual(['includes', 'default', 'notes.txt', 'site.conf'])
    expect(await path.evaluate((field) => field === document.activeElement)).toBe(true)

    await path.fill(`${folder}/nowhere/site.conf`)
    await page.getByText(`There is no file or folder ${folder}/nowhere.`).waitFor()
    expect(await page.getByRole('button', { name: 'Open', exact: true }).getAttribute('aria-disabled')).toBe('true')
    await path.press('Enter')
    // Enter means what is typed, also before its folder is listed.
    await path.fill(`${folder}/site.conf`)
    await path.press('Enter')
    await page.getByRole('tab', { name: 'site.conf' }).waitFor()
  })

  it('saves under another name beside Save, at any width', async () => {
    const { folder, file } = await apacheFiles('    Redirect / https://example.com/')
    const page = await screensOfHost()
    await openByPicker(page, folder)
    const bar = page.getByRole('region', { name: 'Text', exact: true }).locator('.head')
    for (const width of [1680, 1280, 1010, 900]) {
      await page.setViewportSize({ width, height: 800 })
      const fits = (): Promise<boolean> => bar.evaluate((head) => head.scrollWidth <= head.clientWidth)
      await expect.poll(fits, { message: `${width} px` }).toBe(true)
      const name = await bar.getByText('site.conf', { exact: true }).boundingBox()
      expect(name?.width, `${width} px`).toBeGreaterThan(40)
    }
    await bar.getByRole('button', { name: 'Save as…' }).click()
    const name = await pathField(page)
    await name.fill(join(folder, 'copy.conf'))
    await name.press('Enter')
    await page.getByText('Saved copy.conf.').waitFor()
    expect(readFileSync(join(folder, 'copy.conf'), 'utf8')).toBe(readFileSync(file, 'utf8'))
  })

  it('starts a config without the lines that are not modelled, and Route says which line decides', async () => {
    const backend = await echoBackend()
    const rewrite = '    RewriteEngine On\n    RewriteRule ^/old/(.*) /new/$1 [PT]'
    const { folder, port } = await apacheFiles(`${rewrite}\n    ProxyPass /ws/ ws://127.0.0.1:${backend}/ws/`)
    const page = await screensOfHost()
    await openByPicker(page, folder)
    await page.getByText('2 lines change routing').waitFor()
    await page.getByRole('button', { name: 'site.conf:6' }).click()
    await page.locator('.cm-activeLineGutter', { hasText: '6' }).waitFor()
    await page.getByRole('button', { name: 'Start without these 2 lines' }).click()
    await page.getByText('2 lines left out').waitFor()

    await goTo(page, 'Route')
    await page.getByRole('textbox', { name: 'URL' }).fill(`ws://app.example.com:${port}/ws/chat`)
    await page.getByRole('switch', { name: 'Asks for a WebSocket', checked: true }).waitFor()
    await page.keyboard.press('Control+Enter')
    const track = page.getByRole('list', { name: /How it is decided/ })
    await track.getByText(`Sent to ws://127.0.0.1:${backend}/ws/chat as an upgrade`).waitFor()
    await track.getByText('The head that goes to the backend').click()
    await track.getByText('X-Common:').waitFor()
    await track.getByRole('button', { name: 'Open site.conf, line 7' }).click()
    await page.locator('.cm-activeLineGutter', { hasText: '7' }).waitFor()
  })
})
