import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Locator, Page } from 'playwright-core'
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

/** What the system's dialog for files answers from now on: it is not of the page, and nobody is there to click in it. */
export async function dialogChooses(app: RunningApp, file: string): Promise<void> {
  await app.app.evaluate(({ dialog }, path) => {
    dialog.showOpenDialog = () => Promise.resolve({ canceled: false, filePaths: [path] })
  }, file)
}

/** A config where the app's user may read and write. */
export function ownConfig(text: string): string {
  const file = join(ownFolder(), 'site.conf')
  writeFileSync(file, text)
  return file
}

/** File of the authorities of an app, which clients are told to trust. */
export async function authoritiesOf(app: RunningApp): Promise<string> {
  return (await command('ca', 'path', '--data', join(app.home, '.local/share/switchyard'))).trim()
}
