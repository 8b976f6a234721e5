/**
 * The app, ready only when Playwright is connected, which then calls `__playwright_run`.
 *
 * Playwright holds an app itself, but only where it chooses the Electron. Without that it may attach to the page while
 * its first navigation is committed, and waits for that one without end: Page.frameNavigated has passed.
 */
import { app } from 'electron'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'

const ready = app.whenReady()
const driven = new Promise((resolve) => {
  globalThis.__playwright_run = resolve
})
app.whenReady = () => driven.then(() => ready)

const project = join(import.meta.dirname, '../../../..')
const { productName, name, version, main } = JSON.parse(readFileSync(join(project, 'package.json'), 'utf8'))
app.setName(productName ?? name)
app.setVersion(version)
app.setAppPath(project)
await import(pathToFileURL(join(project, main)).href)
