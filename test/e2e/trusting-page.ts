import { execFile } from 'node:child_process'
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { chromium, type Page } from 'playwright-core'
import { onTestFinished } from 'vitest'
import { temporaryFolder } from './switchyard.js'

const run = promisify(execFile)

/** Nothing about certificates among them; the rest keeps a fresh browser from going to the network by itself. */
const flags = [
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync'
]

/** A page of a browser whose home trusts just this authority, by its NSS database. */
export async function trustingPage(authority: string): Promise<Page> {
  const home = temporaryFolder()
  const database = join(home, '.pki/nssdb')
  mkdirSync(database, { recursive: true })
  await run('certutil', ['-N', '-d', `sql:${database}`, '--empty-password'])
  await run('certutil', ['-A', '-d', `sql:${database}`, '-t', 'C,,', '-n', 'switchyard', '-i', authority])
  const args = [...flags, ...(process.getuid?.() === 0 ? ['--no-sandbox'] : [])]
  const folders = { HOME: home, XDG_CONFIG_HOME: join(home, '.config'), XDG_CACHE_HOME: join(home, '.cache') }
  const browser = await chromium.launch({
    executablePath: '/usr/bin/chromium',
    headless: true,
    args,
    env: { ...process.env, ...folders }
  })
  onTestFinished(async () => await browser.close())
  return await browser.newPage()
}
