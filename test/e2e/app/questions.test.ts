import { chmodSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { openTunnel } from '../../host/running-host.js'
import { freePort } from '../../oracle/loopback.js'
import { echoBackend } from '../backends.js'
import { virtualDisplay } from './display.js'
import { RunningApp } from './running-app.js'
import { siteFile } from './site.js'
import { ownFolder } from './unprivileged.js'

let display: Awaited<ReturnType<typeof virtualDisplay>>
beforeAll(async () => {
  display = await virtualDisplay()
}, 180_000)
afterAll(() => display.close())

async function started(programs?: string): Promise<{ app: RunningApp; port: number }> {
  const port = await freePort()
  const files = [siteFile(port, await echoBackend())]
  const app = await RunningApp.start({ display: display.display, files, ...(programs === undefined ? {} : { programs }) })
  await app.isRunning()
  return { app, port }
}

/** The bus of a desktop that shows icons beside its clock, as far as the app asks it: whether somebody watches for them. */
function busWithIcons(): string {
  const folder = ownFolder()
  const program = join(folder, 'gdbus')
  writeFileSync(program, '#!/bin/sh\necho "(true,)"\n')
  chmodSync(program, 0o755)
  return folder
}

async function closeWindow(app: RunningApp): Promise<void> {
  await app.inMain(({ BrowserWindow }) => {
    BrowserWindow.getAllWindows()[0]?.close()
  })
}
const shown = (app: RunningApp): Promise<boolean[]> =>
  app.inMain(({ BrowserWindow }) => BrowserWindow.getAllWindows().map((each) => each.isVisible()))

describe('closing the last window', () => {
  it('hides it where the icon brings it back, and asks nothing', async () => {
    const { app } = await started(busWithIcons())
    await app.answerQuestions(2)
    await expect.poll(() => shown(app)).toEqual([true])
    await closeWindow(app)
    await expect.poll(() => shown(app)).toEqual([false])
    expect(await app.questions()).toEqual([])
    expect((await app.ask('status', {})).state).toBe('running')
    await app.clickTray('open')
    await expect.poll(() => shown(app)).toEqual([true])
  })

  it('quits without that setting: asked about where a tunnel is open, at once where nothing is', async () => {
    const { app, port } = await started(busWithIcons())
    await app.ask('settings.set', { closeToTray: false })
    const tunnel = await openTunnel(`ws://127.0.0.1:${port}/ws/`)
    await app.answerQuestions(1)
    await closeWindow(app)
    await expect.poll(() => app.questions()).toEqual(['Quit and close 1 open tunnel?'])
    expect(await shown(app)).toEqual([true])
    tunnel.close()
    await app.eventually(`contract.events.some(({ event, data }) => event === 'counts' && data.openTunnels === 0 && data.tunnels === 1)`)
    await closeWindow(app)
    await app.ended
  })
})

describe('quitting', () => {
  it('asks about a config that is not applied, or not on disk, file by file', async () => {
    const { app } = await started()
    const [file] = (await app.ask('config.files', {})).files
    const { text } = await app.ask('config.text', { file: file?.file ?? '' })
    await app.ask('config.edit', { file: file?.file ?? '', text: `${text}\n` })
    await app.answerQuestions(1)
    const quit = (): Promise<void> => app.inMain(({ app: main }) => main.quit())
    await quit()
    await expect.poll(() => app.questions()).toEqual(['Quit with changes to the config?'])
    const kept = 'Drafts are kept, and are there again at the next start.'
    expect(await app.details()).toEqual([`switchyard.json: changed, neither applied nor on disk\n${kept}`])

    await app.ask('config.apply', {})
    await quit()
    await expect.poll(() => app.details()).toContain(`switchyard.json: applied, not on disk\n${kept}`)
    await app.answerQuestions(0)
    await app.inMain(({ app: main }) => void main.quit())
    await app.ended
  })

  it('asks nothing about a quick route, which no file has yet, and serves it at the next start', async () => {
    const app = await RunningApp.start({ display: display.display })
    await app.isRunning()
    const listen = [{ address: '127.0.0.1', port: await freePort(), tls: false }]
    await app.ask('config.openRoutes', { routes: [`/=http://127.0.0.1:${await echoBackend()}/`], listen })
    // It would be called off.
    await app.answerQuestions(1)
    await app.inMain(({ app: main }) => void main.quit())
    await app.ended
    const again = await RunningApp.start({ display: display.display, home: app.home })
    await again.isRunning()
    expect(await (await fetch(`http://127.0.0.1:${listen[0]?.port}/`)).text()).toBe('a page')
    expect((await again.ask('config.files', {})).files).toMatchObject([{ isNew: true, unapplied: false }])
  })
})
