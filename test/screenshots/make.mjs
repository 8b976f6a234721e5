#!/usr/bin/env node
// npm run screenshots: every screen, light and dark, at three widths, into docs/screenshots. Real traffic through the real
// command; headless Chromium (CHROMIUM, or /usr/bin/chromium) takes the pictures. It fails where a screen does not come as it
// should, where a page throws, and where two pictures are the same: one of them is of something else than it says.
import { createHash } from 'node:crypto'
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { chromium } from 'playwright-core'
import { ensureBundled } from '../../build/bundle.mjs'
import { startApp } from './backends.mjs'
import { freePort, serve } from './serve.mjs'
import { firstShots, goTo, shots } from './shots.mjs'
import { visit } from './visitors.mjs'

const target = join(import.meta.dirname, '../../docs/screenshots')
const sizes = [
  [1440, 900],
  [1280, 800],
  [900, 700]
]
/** Names of pictures: these alone are made anew. */
const only = process.argv.slice(2)
const unknown = only.filter((name) => !(name in shots || name in firstShots))
if (unknown.length > 0) throw new Error(`There is no picture ${unknown.join(', ')}.`)

const ends = []
/** Of each picture by the digest of its bytes. */
const taken = new Map()
try {
  await ensureBundled()
  mkdirSync(target, { recursive: true })
  const browser = await chromium.launch({
    executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
    args: ['--no-sandbox', '--disable-background-networking']
  })
  ends.push(() => browser.close())
  await takeAll(browser, await demo(), firstShots)
  await takeAll(browser, await site(), shots)
} finally {
  for (const end of ends.reverse()) await end()
}

/** What somebody sees who starts it for the first time. */
async function demo() {
  return await served(['--listen', '0', '--tls', '0'])
}

/** A production's config with visitors. @returns where its screens are. */
async function site() {
  const app = await startApp()
  ends.push(() => app.close())
  const [port, tlsPort, nobody] = [await freePort(), await freePort(), await freePort()]
  const home = homeFolder()
  const screens = await served(
    [
      join(import.meta.dirname, 'production.conf'),
      ...['--port', `80=${port}`, '--port', `443=${tlsPort}`],
      ...['--map', `app-01:3000=127.0.0.1:${app.port}`, '--map', `app-02:3001=127.0.0.1:${nobody}`]
    ],
    home
  )
  const sockets = await visit({ port: tlsPort, ca: authorities(home) })
  ends.push(() => sockets.forEach((socket) => socket.terminate()))
  return screens
}

async function served(args, home = homeFolder()) {
  const { screens, end } = await serve(args, home)
  ends.push(end)
  return screens
}

/** Of a user who has it for the first time. */
function homeFolder() {
  const folder = mkdtempSync(join(tmpdir(), 'switchyard-screenshots-'))
  ends.push(() => rmSync(folder, { recursive: true, force: true, maxRetries: 5 }))
  return folder
}

async function takeAll(browser, screens, pictures) {
  const wanted = Object.entries(pictures).filter(([name]) => only.length === 0 || only.includes(name))
  if (wanted.length === 0) return
  for (const theme of ['light', 'dark']) for (const size of sizes) await take(browser, { screens, wanted, theme, size })
}

async function take(browser, { screens, wanted, theme, size: [width, height] }) {
  const context = await browser.newContext({ viewport: { width, height }, colorScheme: theme, reducedMotion: 'reduce' })
  const page = await context.newPage()
  page.setDefaultTimeout(10_000)
  const thrown = []
  page.on('pageerror', (error) => thrown.push(error))
  await page.goto(screens)
  await page.getByRole('switch', { name: /Running/ }).waitFor()
  for (const [name, { over, show, after, widths = [width] }] of wanted) {
    if (!widths.includes(width)) continue
    const file = `${name}-${width}-${theme}.png`
    try {
      await goTo(page, over)
      await show(page)
      keep(file, await page.screenshot())
      await after?.(page)
    } catch (error) {
      throw new Error(`${file} was not taken: ${error.message}`, { cause: error })
    }
    if (thrown.length > 0) throw new Error(`The page of ${file} threw: ${thrown[0].message}`, { cause: thrown[0] })
  }
  await context.close()
}

function keep(file, picture) {
  const digest = createHash('sha256').update(picture).digest('hex')
  if (taken.has(digest)) throw new Error(`it is the same as ${taken.get(digest)}`)
  taken.set(digest, file)
  writeFileSync(join(target, file), picture)
  console.log(file)
}

function authorities(home) {
  const files = readdirSync(home, { recursive: true }).filter((name) => /authorities.*[.](pem|crt)$/.test(name) && !/key/i.test(name))
  return files.map((name) => readFileSync(join(home, name), 'utf8')).filter((text) => text.includes('BEGIN CERTIFICATE'))
}
