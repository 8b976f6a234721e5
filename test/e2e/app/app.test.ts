import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest'
import { WebSocket } from 'ws'
import { canConnect, freePort } from '../../oracle/loopback.js'
import { echoBackend } from '../backends.js'
import { virtualDisplay } from './display.js'
import { RunningApp, environment } from './running-app.js'
import { siteFile } from './site.js'
import { ownFolder, unprivileged } from './unprivileged.js'

let display: Awaited<ReturnType<typeof virtualDisplay>>
beforeAll(async () => {
  display = await virtualDisplay()
}, 180_000)
afterAll(() => display.close())

async function started(): Promise<{ app: RunningApp; port: number }> {
  const port = await freePort()
  const app = await RunningApp.start({ display: display.display, files: [siteFile(port, await echoBackend())] })
  await app.isRunning()
  return { app, port }
}

/** What a test, or the app for tests, keeps in the main process. */
interface Kept {
  readonly switchyard: { readonly trayMenu: Electron.Menu }
}
async function kept(app: RunningApp, name: string): Promise<unknown> {
  return await app.inMain((_electron, key) => (globalThis as unknown as Record<string, unknown>)[key], name)
}

async function openTunnel(port: number): Promise<WebSocket> {
  const socket = new WebSocket(`ws://127.0.0.1:${port}/ws/`)
  await once(socket, 'open')
  return socket
}

describe('the app', () => {
  it('has its sandbox, serves its page with a policy of its own, and denies all but the clipboard', async () => {
    const { app } = await started()
    const { page } = app
    expect(await app.sandboxes()).toEqual([true])
    expect(page.url()).toBe('app://switchyard/')
    expect(await page.evaluate('getComputedStyle(document.querySelector("h1")).color')).toBe('rgb(1, 2, 3)')
    const policies = await page.evaluate<string[]>(
      `Promise.all([fetch('/'), fetch('/')]).then((all) => all.map((one) => one.headers.get('content-security-policy')))`
    )
    expect(policies[0]).toMatch(/default-src 'none'; script-src 'self' 'nonce-[\w+/=]+';/)
    expect(policies[0]).not.toBe(policies[1])
    // A style without the nonce, and a script in the page, come to nothing.
    await page.evaluate(
      `document.body.insertAdjacentHTML('beforeend', '<style>h1 { color: red !important }</style><img src=x onerror="window.ran = true">')`
    )
    expect(await page.evaluate('[getComputedStyle(document.querySelector("h1")).color, window.ran]')).toEqual(['rgb(1, 2, 3)', undefined])
    await page.click('#copy')
    await page.waitForFunction('document.title === "copied"')
    expect(await app.inMain(({ clipboard }) => clipboard.readText())).toBe('copied')
    const states = await page.evaluate(
      `Promise.all(['geolocation', 'notifications', 'camera', 'microphone', 'clipboard-read'].map((name) => navigator.permissions.query({ name }).then(({ state }) => state)))`
    )
    expect(states).toEqual(Array(5).fill('denied'))
    expect(await page.evaluate('navigator.mediaDevices.getUserMedia({ audio: true }).then(() => "given", ({ name }) => name)')).not.toBe(
      'given'
    )
    expect(await page.evaluate('[typeof require, typeof process, typeof window.ipcRenderer]')).toEqual([
      'undefined',
      'undefined',
      'undefined'
    ])
  })

  it('leads nowhere: navigation, windows and webviews are denied, and a link opens in the browser when a person clicks it', async () => {
    const { app } = await started()
    const { page } = app
    await app.inMain(({ shell, BrowserWindow }) => {
      const [opened, navigations]: [string[], unknown[]] = [[], []]
      shell.openExternal = (url) => Promise.resolve(void opened.push(url))
      const contents = BrowserWindow.getAllWindows()[0]?.webContents
      contents?.on('will-frame-navigate', (event) => navigations.push([event.url, event.defaultPrevented]))
      Object.assign(globalThis, { opened, navigations })
    })
    await page.evaluate('document.querySelector("#link").click()')
    await page.click('#link')
    await expect.poll(() => kept(app, 'opened')).toEqual(['https://example.test/guide'])
    expect(await page.evaluate('window.open("https://example.test/") === null')).toBe(true)
    for (const url of ['https://example.test/elsewhere', 'app://switchyard/page.js', 'file:///etc/passwd'])
      await page.evaluate(`void (location.href = '${url}')`)
    await expect
      .poll(() => kept(app, 'navigations'))
      .toEqual([
        ['https://example.test/elsewhere', true],
        ['app://switchyard/page.js', true]
      ])
    expect(await page.evaluate('location.href')).toBe('app://switchyard/')
    expect(app.app.windows()).toHaveLength(1)
    const statuses = await page.evaluate(
      `Promise.all(['/../package.json', '/%2e%2e/app/main.js', '/..%5cmain.js', '/nothing.js', '/page.js/'].map((path) => fetch(path).then(({ status }) => status)))`
    )
    expect(statuses).toEqual([404, 404, 404, 404, 404])
  })

  it('stops and starts the proxy by the menu beside the clock, asking where tunnels are open', async () => {
    const { app, port } = await started()
    await expect
      .poll(() => app.inMain(() => (globalThis as unknown as Kept).switchyard.trayMenu.getMenuItemById('running')?.checked))
      .toBe(true)
    const states = `contract.events.filter(({ event }) => event === 'status').map(({ data }) => data.state)`
    await app.clickTray('running')
    await app.eventually(`${states}.at(-1) === 'stopped'`)
    await expect(openTunnel(port)).rejects.toMatchObject({ code: 'ECONNREFUSED' })
    await app.clickTray('running')
    await app.eventually(`${states}.at(-1) === 'running'`)
    const tunnel = await openTunnel(port)
    await app.answerQuestions(1)
    await app.clickTray('running')
    await expect.poll(() => app.questions()).toEqual(['Stop the proxy and close 1 open tunnel?'])
    tunnel.send('still there')
    expect(String((await once(tunnel, 'message'))[0])).toBe('still there')
    const closed = once(tunnel, 'close')
    await app.answerQuestions(0)
    await app.clickTray('running')
    await closed
  })

  it('sends the commands of its menu to the page, and hides behind its icon when the last window is closed', async () => {
    const { app } = await started()
    await app.inMain(({ Menu }) => {
      const view = Menu.getApplicationMenu()?.items.find(({ label }) => label === '&View')
      view?.submenu?.items.find(({ label }) => label === 'Logs')?.click()
    })
    await app.eventually('contract.commands.length > 0')
    expect(await app.page.evaluate('contract.commands')).toEqual([{ command: 'screen.logs' }])
    const second = app.app.waitForEvent('window')
    await app.page.evaluate('window.switchyardApp.newWindow()')
    const page = await second
    await app.connect(page)
    expect(await page.evaluate('contract.ask("status", {}).then(({ state }) => state)')).toBe('running')
    await page.close()
    await app.answerQuestions(1)
    await app.inMain(({ BrowserWindow }) => {
      BrowserWindow.getAllWindows()[0]?.close()
    })
    await expect
      .poll(() => app.inMain(({ BrowserWindow }) => BrowserWindow.getAllWindows().map((each) => each.isVisible())))
      .toEqual([false])
    expect((await app.ask('status', {})).state).toBe('running')
  })

  it('is there once: a second start hands over its config, which is opened after a question', async () => {
    const { app } = await started()
    const other = await freePort()
    const file = siteFile(other, await echoBackend())
    await app.answerQuestions(0)
    expect(await app.startAgain(file)).toBe(0)
    await expect.poll(() => app.questions()).toEqual(['Open switchyard.json?'])
    await app.eventually(
      `contract.events.some(({ event, data }) => event === 'status' && data.listeners.some(({ port }) => port === ${other}))`
    )
    const tunnel = await openTunnel(other)
    tunnel.close()
  })

  it('asks before it quits with a tunnel open, and comes back with what it served', async () => {
    const { app, port } = await started()
    const tunnel = await openTunnel(port)
    await app.answerQuestions(1)
    await app.inMain(({ app: main }) => main.quit())
    await expect.poll(() => app.questions()).toEqual(['Quit and close 1 open tunnel?'])
    tunnel.send('still there')
    expect(String((await once(tunnel, 'message'))[0])).toBe('still there')
    const closed = once(tunnel, 'close')
    await app.answerQuestions(0)
    await app.inMain(({ app: main }) => void main.quit())
    await closed
    await app.ended
    const again = await RunningApp.start({ display: display.display, home: app.home })
    await again.isRunning()
    expect((await again.ask('status', {})).listeners.map((listener) => listener.port)).toEqual([port])
  })
})

describe('npm start', () => {
  it('opens the window for somebody who has a display and a sandbox, and as root when it is told to', async () => {
    const script = join(import.meta.dirname, '../../../build/start.mjs')
    const asUser = [...unprivileged(), process.execPath, script]
    const asRoot = process.getuid?.() === 0 ? [[process.execPath, script, '--window']] : []
    for (const [command = '', ...args] of [asUser, ...asRoot]) {
      const port = await freePort()
      const child = spawn(command, [...args, siteFile(port, await echoBackend())], {
        env: environment({ DISPLAY: display.display, HOME: ownFolder() }),
        stdio: ['ignore', 'ignore', 'pipe']
      })
      let said = ''
      child.stderr.on('data', (bytes: Buffer) => (said += bytes.toString()))
      const ended = once(child, 'exit')
      onTestFinished(() => void child.kill('SIGKILL'))
      await expect.poll(() => canConnect(port), { timeout: 40_000 }).toBe(true)
      expect(said).not.toContain('Headless')
      expect(said.includes('has no sandbox')).toBe(args.includes('--window'))
      child.kill('SIGTERM')
      expect(await ended).toEqual([0, null])
    }
  })
})
