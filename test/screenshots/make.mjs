#!/usr/bin/env node
// npm run screenshots: every screen, light and dark, at three widths, into docs/screenshots. Real traffic through the real
// command; headless Chromium (CHROMIUM, or /usr/bin/chromium) takes the pictures.
import { spawn } from 'node:child_process'
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { chromium } from 'playwright-core'
import { ensureBundled } from '../../build/bundle.mjs'
import { startApp } from './backends.mjs'
import { shots } from './shots.mjs'
import { visit } from './visitors.mjs'

const root = join(import.meta.dirname, '../..')
const target = join(root, 'docs/screenshots')
const widths = [
  [1440, 900],
  [1280, 800],
  [900, 700]
]
const only = process.argv.slice(2)

await ensureBundled()
const data = mkdtempSync(join(tmpdir(), 'switchyard-screenshots-'))
const app = await startApp()
const [port, tlsPort] = [await freePort(), await freePort()]
const served = await serve([
  join(import.meta.dirname, 'production.conf'),
  ...[
    '--port',
    `80=${port}`,
    '--port',
    `443=${tlsPort}`,
    '--map',
    `app-01:3000=127.0.0.1:${app.port}`,
    '--map',
    `app-02:3001=127.0.0.1:${await freePort()}`
  ],
  ...['--data', data]
])
const sockets = await visit({ port: tlsPort, ca: authorities(data) })
const browser = await chromium.launch({
  executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
  args: ['--no-sandbox', '--disable-background-networking']
})
try {
  mkdirSync(target, { recursive: true })
  for (const theme of ['light', 'dark']) for (const [width, height] of widths) await take(theme, width, height)
} finally {
  await browser.close()
  for (const socket of sockets) socket.terminate()
  served.kill('SIGTERM')
  await app.close()
  await new Promise((resolve) => served.once('exit', resolve))
  rmSync(data, { recursive: true, force: true })
}

async function take(theme, width, height) {
  const context = await browser.newContext({ viewport: { width, height }, colorScheme: theme, reducedMotion: 'reduce' })
  const page = await context.newPage()
  page.on('pageerror', (error) => console.error(`${theme} ${width}: ${error.message}`))
  await page.goto(served.screens)
  await page.getByRole('switch', { name: /Running/ }).waitFor()
  for (const [name, show] of Object.entries(shots)) {
    if (only.length > 0 && !only.includes(name)) continue
    await show(page, { width, tlsPort })
    await page.screenshot({ path: join(target, `${name}-${width}-${theme}.png`) })
    console.log(`${name}-${width}-${theme}.png`)
  }
  await context.close()
}

/** The command, once it is ready. */
function serve(args) {
  const child = spawn(process.execPath, [join(root, 'out/cli/switchyard.js'), 'serve', ...args], { stdio: ['ignore', 'pipe', 'inherit'] })
  return new Promise((resolve, reject) => {
    child.once('exit', (code) => reject(new Error(`serve ended with ${code}`)))
    createInterface({ input: child.stdout }).on('line', (line) => {
      if (line.startsWith('screens ')) child.screens = line.slice('screens '.length)
      if (line === 'ready') resolve(child)
    })
  })
}

function authorities(folder) {
  const found = readdirSync(join(folder, 'authorities'), { recursive: true }).filter(
    (name) => /\.(pem|crt)$/.test(name) && !/key/i.test(name)
  )
  return found.map((name) => readFileSync(join(folder, 'authorities', name), 'utf8')).filter((text) => text.includes('BEGIN CERTIFICATE'))
}

function freePort() {
  return new Promise((resolve) => {
    const server = createServer().listen(0, '127.0.0.1', () => {
      const { port: found } = server.address()
      server.close(() => resolve(found))
    })
  })
}
