import { execFile, spawnSync } from 'node:child_process'
import { chmodSync, existsSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { FuseV1Options, getCurrentFuseWire } from '@electron/fuses'
import type { Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest'
import { canConnect, freePort } from '../../oracle/loopback.js'
import { echoBackend } from '../backends.js'
import { configFile } from '../switchyard.js'
import { virtualDisplay } from './display.js'
import { drivenApp } from './driven-app.js'
import { environment } from './running-app.js'
import { siteFile } from './site.js'
import { needSandbox, ownFolder, unprivileged } from './unprivileged.js'

const run = promisify(execFile)
const project = join(import.meta.dirname, '../../..')

const folder = mkdtempSync(join(tmpdir(), 'switchyard-package-'))
const binary = join(folder, 'linux-unpacked/switchyard')
beforeAll(() => {
  const made = spawnSync(process.execPath, ['build/package.mjs', `--config.directories.output=${folder}`], {
    cwd: project,
    encoding: 'utf8'
  })
  if (made.status !== 0) throw new Error(`${made.stdout}\n${made.stderr}`)
  chmodSync(folder, 0o755)
}, 400_000)
afterAll(() => rmSync(folder, { recursive: true, force: true }))

/** Runs it without a display, as somebody who is not root. */
async function headless(...words: string[]): Promise<{ code: number; stdout: string; stderr: string }> {
  const [command = '', ...args] = [...unprivileged(), binary, ...words]
  return await run(command, args, { env: environment({ HOME: ownFolder() }) }).then(
    (said) => ({ code: 0, ...said }),
    ({ code, stdout, stderr }: { code: number; stdout: string; stderr: string }) => ({ code, stdout, stderr })
  )
}

describe('the packaged app', () => {
  it('is no Node, takes no inspector, and loads its own archive alone', async () => {
    const fuses = await getCurrentFuseWire(binary)
    // A fuse is a character in the binary.
    const isOn = (fuse: FuseV1Options): boolean => String.fromCharCode(Number(fuses[fuse])) === '1'
    expect({
      runAsNode: isOn(FuseV1Options.RunAsNode),
      nodeOptions: isOn(FuseV1Options.EnableNodeOptionsEnvironmentVariable),
      inspect: isOn(FuseV1Options.EnableNodeCliInspectArguments),
      asarOnly: isOn(FuseV1Options.OnlyLoadAppFromAsar),
      cookies: isOn(FuseV1Options.EnableCookieEncryption),
      integrity: isOn(FuseV1Options.EnableEmbeddedAsarIntegrityValidation)
    }).toEqual({ runAsNode: false, nodeOptions: false, inspect: false, asarOnly: true, cookies: true, integrity: true })
  })

  it('has the schema of a switchyard.json where an editor can read it', () => {
    expect(existsSync(join(folder, 'linux-unpacked/resources/native.schema.json'))).toBe(true)
  })

  it('opens its window, with the engine and its threads out of the archive', async () => {
    const display = await virtualDisplay()
    onTestFinished(() => display.close())
    needSandbox(binary)
    const port = await freePort()
    const words = [binary, siteFile(port, await echoBackend())]
    const { page, stop } = await drivenApp(words, { DISPLAY: display.display, HOME: ownFolder() })
    await page.waitForURL('app://switchyard/')
    expect(await page.evaluate('[window.switchyardApp.platform, typeof window.switchyardApp.connect]')).toEqual(['linux', 'function'])
    await page.getByRole('main', { name: 'Traffic' }).getByText('Nothing has come yet').waitFor()
    expect(await canConnect(port)).toBe(true)
    await (await fetch(`http://127.0.0.1:${port}/packaged`)).text()
    await page
      .getByRole('grid', { name: 'Exchanges' })
      .getByRole('row')
      .filter({ hasText: '/packaged', visible: true })
      .getByText('200', { exact: true })
      .waitFor()
    expect(await faultsOf(page)).toEqual([])
    // A signal ends it at once and cleanly.
    expect(await stop()).toEqual([0, null])
    expect(await canConnect(port)).toBe(false)
  })

  const config = (): string => {
    const file = configFile('Listen 8080\nServerName localhost\nNoSuchDirective on\n')
    chmodSync(join(file, '..'), 0o755)
    return file
  }
  // Each is two starts of Electron: they have a test's time of their own.
  it.each([
    ['check', () => ['check', config(), '--json'], { code: 1, stdout: expect.stringContaining('NoSuchDirective') }],
    ['ca', () => ['ca', 'path'], { code: 0, stdout: expect.stringMatching(/authorities\.pem\n$/) }],
    ['export', () => ['export', 'last', '--ndjson', '-'], { code: 1, stderr: expect.stringContaining('There is no capture') }],
    ['connect', () => ['connect', 'ws://127.0.0.1:9/'], { code: 1, stderr: expect.stringContaining('127.0.0.1:9') }],
    ['convert, which is not there yet', () => ['convert', config()], { code: 64, stderr: expect.stringContaining('has no convert yet') }],
    ['its version', () => ['--version'], { code: 0, stdout: expect.stringMatching(/^\d+\.\d+\.\d+\n$/) }],
    ['serve, by a word about npm', () => ['serve', config()], { code: 64, stderr: expect.stringMatching(/npm command/) }]
  ])('answers %s without a display', async (_name, words, answer) => {
    expect(await headless(...words())).toMatchObject(answer)
  })
})

/** What a page threw or said as an error since it was loaded, also before anybody listened: Chromium tells it again. */
async function faultsOf(page: Page): Promise<string[]> {
  const session = await page.context().newCDPSession(page)
  const faults: string[] = []
  session.on('Runtime.exceptionThrown', ({ exceptionDetails }) =>
    faults.push(exceptionDetails.exception?.description ?? exceptionDetails.text)
  )
  session.on('Runtime.consoleAPICalled', ({ type, args }) => type === 'error' && faults.push(String(args[0]?.value)))
  session.on('Log.entryAdded', ({ entry }) => entry.level === 'error' && faults.push(`${entry.text} ${entry.url}`))
  await session.send('Log.enable')
  await session.send('Runtime.enable')
  return faults
}
