import { join } from 'node:path'
import { chromium, type Browser } from 'playwright-core'
import { onTestFinished } from 'vitest'

/** Nothing about certificates among them; the rest keeps a fresh browser from going to the network by itself. */
const flags = [
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync'
]

/** A browser of its own in a home of its own, with all its checks on: just that home's NSS database may make it trust anything. */
export async function browserAtHome(home: string, more: readonly string[] = []): Promise<Browser> {
  const asRoot = process.getuid?.() === 0 ? ['--no-sandbox'] : []
  const folders = { HOME: home, XDG_CONFIG_HOME: join(home, '.config'), XDG_CACHE_HOME: join(home, '.cache') }
  const browser = await chromium.launch({
    executablePath: '/usr/bin/chromium',
    headless: true,
    args: [...flags, ...asRoot, ...more],
    env: { ...process.env, ...folders, TZ: 'UTC' }
  })
  onTestFinished(async () => await browser.close())
  return browser
}
