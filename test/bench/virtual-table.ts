import { execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, linkSync, mkdirSync, mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { parseArgs } from 'node:util'
import { build } from 'vite'
import { sessionFiles, sessionName } from '../../main/capture/sessions/session-files.js'
import { ControlServer } from '../../main/host/control/control-server.js'
import { Host } from '../../main/host/host.js'
import { plainSpec } from '../../main/host/serve-spec.js'
import { makeLargeStore } from '../capture/large-store.js'
import { Hand } from '../e2e/screens/hand.js'
import { measuredPage } from '../e2e/screens/measured-page.js'
import { Meter, sayMetered } from '../e2e/screens/meter.js'
import { freePort } from '../oracle/loopback.js'
import { measure } from './load.js'

const usage = `The virtual table alone, on a store of ten million rows, scrolled with the engine at rest and loaded.
  npm run bench:table [-- --rows 10000000] [--seconds 10]`
const root = join(import.meta.dirname, '../..')
const threads = join(root, 'out/threads')
const hour = 3_600_000

export async function main(args: readonly string[]): Promise<void> {
  const options = {
    rows: { type: 'string', default: '10000000' },
    seconds: { type: 'string', default: '10' },
    help: { type: 'boolean' }
  } as const
  const { values } = parseArgs({ args: [...args], options })
  if (values.help) return console.log(usage)
  const folder = mkdtempSync(join(tmpdir(), 'switchyard-table-'))
  try {
    await compare(folder, Number(values.rows), Number(values.seconds))
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

async function compare(folder: string, rows: number, seconds: number): Promise<void> {
  const session = placeStore(await storeOf(rows), join(folder, 'captures'))
  const load = await preparedLoad(folder)
  const { host, port } = await hostBefore(folder, load.backend)
  const server = await tableServer(host, folder)
  const page = await measuredPage(server.url.replace('/#', `/?session=${session}#`))
  try {
    await page.locator(`[role="grid"][aria-rowcount="${rows + 1}"]`).focus()
    await page.mouse.move(400, 400)
    const [hand, meter] = [await Hand.on(page), await Meter.of(page)]
    const rest = await meter.during(page, () => scrollFor(hand, seconds))
    const loaded = load.during(port, seconds + 2)
    const busy = await meter.during(page, () => scrollFor(hand, seconds))
    const { unitsPerSecond } = await loaded
    const seen = await hand.seen()
    console.log(`${rows} rows; ${seen.events} of ${hand.sent} inputs seen, median after ${seen.medianMs.toFixed(0)} ms`)
    console.log(`engine at rest: ${sayMetered(rest)}`)
    console.log(`engine loaded, ${Math.round(unitsPerSecond)} round trips a second: ${sayMetered(busy)}`)
  } finally {
    await page.context().browser()?.close()
    await server.close()
    await host.close()
    load.stop()
  }
}

/** Made once: ten million rows take minutes. */
async function storeOf(rows: number): Promise<string> {
  const folder = join(root, 'node_modules/.cache/large-store', String(rows))
  const file = join(folder, 'store.swycap')
  if (existsSync(file)) return file
  const making = `${folder}.${process.pid}`
  mkdirSync(making, { recursive: true })
  const writerUrl = pathToFileURL(join(threads, 'writer.js'))
  const took = await makeLargeStore({ file: join(making, 'store.swycap'), writerUrl, frames: rows, exchanges: 0 })
  console.log(`${rows} rows made in ${took.toFixed(0)} s`)
  renameSync(making, folder)
  return file
}
/** As an older session of a data folder. @returns its name */
function placeStore(store: string, captures: string): string {
  const name = sessionName(Date.now() - hour)
  mkdirSync(captures)
  for (const file of sessionFiles(store)) linkSync(file, join(captures, name + file.slice(store.length)))
  return name
}

async function preparedLoad(folder: string) {
  const [loadgen, echo] = [join(folder, 'loadgen'), join(folder, 'echo')]
  for (const [name, out] of [
    ['loadgen', loadgen],
    ['echo', echo]
  ] as const)
    execFileSync('gcc', ['-O2', '-o', out, join(import.meta.dirname, `${name}.c`)])
  const backend = await freePort()
  const child = spawn(echo, [String(backend)], { stdio: ['ignore', 'pipe', 'inherit'] })
  await once(child.stdout, 'data')
  const during = (port: number, seconds: number) => {
    const args = ['-m', 'pingpong', '-c', 64, '-n', 1e8, '-d', seconds]
    return measure(loadgen, { name: 'pingpong-64', args, unit: 'message', tls: false, limit: null }, port, process.pid)
  }
  return { backend, during, stop: () => child.kill() }
}

async function hostBefore(folder: string, backend: number) {
  const fail = (error: Error): never => {
    throw error
  }
  const host = await Host.start({
    dataDir: folder,
    capture: 'session',
    onWarning: (message) => console.error(message),
    onFailed: fail,
    threads: new URL(`${pathToFileURL(threads).href}/`)
  })
  const file = join(folder, 'switchyard.json')
  const listen = [{ address: '127.0.0.1', port: 8080, tls: false }]
  writeFileSync(file, JSON.stringify({ listen, routes: [{ match: '/', to: `http://127.0.0.1:${backend}/` }] }))
  const { listeners } = await host.serve({ ...plainSpec([file]), ports: [[8080, 0]] })
  return { host, port: listeners[0]?.port ?? 0 }
}

/** The page of test/renderer/table in the place of the screens. */
async function tableServer(host: Host, folder: string): Promise<ControlServer> {
  const screens = join(folder, 'page')
  await build({
    configFile: join(root, 'build/vite.renderer.config.ts'),
    root: join(root, 'test/renderer/table'),
    build: { outDir: screens }
  })
  const server = new ControlServer({ address: '127.0.0.1', port: 0, hostNames: [], screens, onScreen: (transport) => host.join(transport) })
  await server.start()
  return server
}

/** Wheel both ways, a page at a time, and from end to end. */
async function scrollFor(hand: Hand, seconds: number): Promise<void> {
  const untilMs = performance.now() + seconds * 1000
  while (performance.now() < untilMs) {
    await hand.wheel(240, 12)
    await hand.wheel(-120, 6)
    await hand.press('PageDown', 4)
    await hand.press('End')
    await hand.wheel(-300, 10)
    await hand.press('Home')
  }
}
