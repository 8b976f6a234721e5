import { chmodSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Locator, Page } from 'playwright-core'
import { expect } from 'vitest'
import { command } from '../switchyard.js'
import type { RunningApp } from './running-app.js'
import { ownFolder } from './unprivileged.js'

/** The button of a screen, clicked; the screen is drawn when it is answered. */
export async function goTo(page: Page, title: string): Promise<void> {
  await page.getByRole('navigation', { name: 'Screens' }).getByRole('button', { name: title }).click()
  await page.getByRole('main', { name: title, exact: true }).waitFor()
}

export const editor = (page: Page): Locator => page.locator('.cm-content')
export const runSwitch = (page: Page): Locator => page.getByRole('banner').getByRole('switch')

/** Clicks an item of the app's menu bar, by labels from the top down, as soon as it is there and may be clicked. */
export async function clickMenu(app: RunningApp, ...labels: (string | RegExp)[]): Promise<void> {
  const words = labels.map((label) => (typeof label === 'string' ? `^${label.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')}$` : label.source))
  const clicked = (): Promise<boolean> =>
    app.inMain(({ Menu }, path) => {
      let [menu, item] = [Menu.getApplicationMenu(), undefined as Electron.MenuItem | undefined]
      for (const word of path) {
        item = menu?.items.find(({ label }) => new RegExp(word, 'u').test(label.replace('&', '')))
        menu = item?.submenu ?? null
      }
      if (item?.enabled !== true) return false
      item.click()
      return true
    }, words)
  await expect.poll(clicked, { message: labels.join(' ▸ '), timeout: 20_000 }).toBe(true)
}

/** What the system's dialog for files answers from now on: it is not of the page, and nobody is there to click in it. */
export async function dialogChooses(app: RunningApp, file: string): Promise<void> {
  await app.inMain(({ dialog }, path) => {
    dialog.showOpenDialog = () => Promise.resolve({ canceled: false, filePaths: [path] })
  }, file)
}

/** A config where the app's user may read and write. */
export function ownConfig(text: string): string {
  const file = join(ownFolder(), 'site.conf')
  writeFileSync(file, text)
  chmodSync(file, 0o666)
  return file
}

/** File of the authorities of an app, which clients are told to trust. */
export async function authoritiesOf(app: RunningApp): Promise<string> {
  return (await command('ca', 'path', '--data', join(app.home, '.local/share/switchyard'))).trim()
}
