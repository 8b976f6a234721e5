import { decode, encode } from '@msgpack/msgpack'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { chromium } from 'playwright-core'
import type { Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest'
import { contractVersion } from '../../../shared/contract.js'
import { freePort } from '../../oracle/loopback.js'
import { Switchyard } from '../switchyard.js'
import { screenOf, servedDemo } from './screen-page.js'

/** A name that somebody has led to this machine, as a page on the web would (DNS rebinding). */
const rebound = 'rebound.example'
const args = ['--disable-gpu', `--host-resolver-rules=MAP ${rebound} 127.0.0.1`, ...(process.getuid?.() === 0 ? ['--no-sandbox'] : [])]

let browser: Awaited<ReturnType<typeof chromium.launch>>
beforeAll(async () => {
  browser = await chromium.launch({ executablePath: '/usr/bin/chromium', args })
})
afterAll(async () => await browser.close())

async function newPage(): Promise<Page> {
  const page = await browser.newPage({ viewport: { width: 1280, height: 800 } })
  onTestFinished(async () => await page.close())
  return page
}
const screens = (page: Page) => page.getByRole('navigation', { name: 'Screens' })

const hello = { id: 1, request: 'hello', params: { version: contractVersion } }
/** Tries the contract from the page as it is, with the right token: what it is answered, or the code that ends it. */
function tryContract(page: Page, { host, hash }: URL): Promise<string> {
  return page.evaluate(
    ({ url, messages }) =>
      new Promise<string>((resolve) => {
        const socket = new WebSocket(url)
        socket.onopen = () => messages.forEach((message) => socket.send(new Uint8Array(message)))
        socket.onmessage = () => resolve('answered')
        socket.onclose = ({ code }) => resolve(`closed ${code}`)
      }),
    { url: `ws://${host}/contract`, messages: [{ token: hash.slice(1) }, hello].map((message) => [...encode(message)]) }
  )
}
/** A page of somebody else, on this machine. */
async function strangersPage(): Promise<string> {
  const server = createServer((_request, response) => response.setHeader('Content-Type', 'text/html').end('<title>Elsewhere</title>'))
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  onTestFinished(() => void server.close())
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/`
}

describe('A browser that is not meant', () => {
  it('has the page with a wrong token, or none, and is told where the right one stands', async () => {
    const { screens: address } = await servedDemo()
    for (const hash of [`#${'A'.repeat(32)}`, '']) {
      const page = await newPage()
      await page.goto(address.replace(/#.*/, hash))
      const note = page.getByRole('main')
      await note.getByText('This address has no right token').waitFor()
      await note.getByText('Open the address that it printed, with everything behind the #.').waitFor()
      expect(await screens(page).count()).toBe(0)
    }
  })

  it('is refused under another name, whatever it knows', async () => {
    const { screens: address } = await servedDemo()
    const page = await newPage()
    const answer = await page.goto(address.replace('127.0.0.1', rebound))
    expect([answer?.status(), (await page.locator('body').innerText()).trim()]).toEqual([403, 'This host name is not served here.'])
  })

  it('is refused from a page of another origin, though that knows the token', async () => {
    const address = new URL((await servedDemo()).screens)
    const page = await newPage()
    await page.goto(await strangersPage())
    expect(await tryContract(page, address)).toBe('closed 1006')
    // The same from the page of that port is let in: it was the origin.
    await page.goto(`http://${address.host}/`)
    expect(await tryContract(page, address)).toBe('answered')
  })
})

describe('A page of ours', () => {
  it('says that it is of another version, and that it can be loaded anew', async () => {
    const { screens: address } = await servedDemo()
    const page = await newPage()
    await page.routeWebSocket(/\/contract$/, (line) => {
      const server = line.connectToServer()
      line.onMessage((message) => server.send(asOfVersion(0, message as Buffer)))
    })
    await page.goto(address)
    const note = page.getByRole('main')
    await note.getByText('Switchyard is another version than this page').waitFor()
    await note.getByText('It was renewed meanwhile. Reload the page.').waitFor()
    const other = await newPage()
    await other.goto(address)
    await screenOf(other, 'Start page')
    await note.getByRole('button', { name: 'Reload' }).waitFor()
  })

  it('that nobody answered yet says so, and is there when it is tried again', async () => {
    const { screens: address } = await servedDemo()
    const page = await newPage()
    let away = true
    await page.routeWebSocket(/\/contract$/, (line) => {
      if (away) void line.close({ code: 1011, reason: 'away' })
      else line.connectToServer()
    })
    await page.goto(address)
    const note = page.getByRole('main')
    await note.getByText('Switchyard does not answer').waitFor()
    await note.getByText('A run that was started anew has another address').waitFor()
    const again = note.getByRole('button', { name: 'Try now' })
    await again.click({ trial: true })
    away = false
    // At once: it is tried again by itself, too, and then the button is gone.
    await again.dispatchEvent('click')
    await screenOf(page, 'Start page')
  })

  it('keeps what it shows when Switchyard ends, and of the next run says that its token is another', async () => {
    const port = await freePort()
    const started = () => Switchyard.serve('--listen', '0', '--tls', '0', `--ui=${port}`)
    const served = await started()
    const page = await newPage()
    await page.goto(served.screens)
    await screenOf(page, 'Start page')
    await served.stop('SIGKILL')
    await page.getByText('It is tried again by itself. What is shown is as it was.').waitFor()
    expect(await page.getByRole('heading', { name: 'Put your production proxy on your desk' }).isVisible()).toBe(true)

    const next = await started()
    await page.getByRole('main').getByText('This address has no right token').waitFor()
    await page.goto('about:blank')
    await page.goto(next.screens)
    await screenOf(page, 'Start page')
  })
})

/** A page's message; its hello says another version. */
function asOfVersion(version: number, message: Buffer): Buffer {
  const said = decode(message) as { request?: string }
  return Buffer.from(encode(said.request === 'hello' ? { ...said, params: { version } } : said))
}

it('A page that met a fault says so, whatever still draws, and begins anew by a reload', async () => {
  const { screens: address } = await servedDemo()
  const page = await newPage()
  await page.goto(address)
  await screenOf(page, 'Start page')
  const note = page.getByRole('alert').filter({ hasText: 'This window met a fault' })
  // What the page itself throws, out of a task of its own, as an effect would.
  await page.evaluate(() => void setTimeout(() => JSON.parse('{')))
  await note.getByText(/in JSON at position 1/).waitFor()
  await note.getByText('What is served goes on').waitFor()
  await note.getByRole('button', { name: 'Go on' }).click()
  expect(await note.count()).toBe(0)

  await page.evaluate(() => void Promise.reject(new TypeError('nobody waits for this')))
  await note.getByText('nobody waits for this').waitFor()
  await note.getByRole('button', { name: 'Reload' }).click()
  await note.waitFor({ state: 'detached' })
  await screenOf(page, 'Start page')
})
