import { createHash } from 'node:crypto'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Page } from 'playwright-core'
import { describe, expect, it, onTestFinished } from 'vitest'
import { echoed, nativeSpec, openTunnel } from '../../host/running-host.js'
import { exchanges, frames, row } from '../traffic-rows.js'
import { ownPage } from './screen-page.js'
import { servedEcho } from './served-echo.js'

async function servedScreens() {
  const { screens, url } = await servedEcho()
  return { page: await openedPage(screens), url }
}

async function openedPage(url: string): Promise<Page> {
  const page = await ownPage(url)
  page.setDefaultTimeout(10_000)
  return page
}

/** Takes every handshake (RFC 6455 §4.2.2), and goes at the first frame, having sent these bytes. */
async function backendThatLeaves(saying = ''): Promise<number> {
  const server = createServer()
  server.on('upgrade', (request, socket) => {
    const accept = createHash('sha1').update(`${request.headers['sec-websocket-key']}258EAFA5-E914-47DA-95CA-C5AB0DC85B11`).digest('base64')
    socket.write(`HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: ${accept}\r\n\r\n`)
    socket.once('data', () => socket.end(Buffer.from(saying, 'hex')))
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  onTestFinished(() => void server.close())
  return (server.address() as AddressInfo).port
}

describe('The Traffic screen', () => {
  it('says where to send something, then lists what comes as it comes', async () => {
    const { page, url } = await servedScreens()
    await page.getByText('Nothing has come yet').waitFor()
    const words = (await page.getByText(/ connect ws:/).innerText()).split(' ')
    expect(words.slice(-2)).toEqual(['connect', `${url.replace('http', 'ws')}/`])
    expect(words.at(-3)).toMatch(/[/]cli[/]switchyard\.js$/)

    const tunnel = await openTunnel(`${url.replace('http', 'ws')}/ws/live?room=1`)
    await row(page, '/ws/live').getByText('101', { exact: true }).waitFor()
    expect(await row(page, '/ws/live').getByRole('gridcell').nth(2).innerText()).toBe('/ws/live?room=1')
    await fetch(`${url}/missing`)
    await fetch(`${url}/dead/x`)
    await row(page, '/dead/x')
      .getByText(/^50\d$/)
      .waitFor()

    await echoed(tunnel, 'hello')
    await row(page, '/ws/live').click()
    await frames(page)
      .getByRole('row', { name: /Frame 2, from server, text, 5 bytes, hello/ })
      .waitFor()
    expect(await page.getByRole('tab', { name: /Frames/ }).getAttribute('aria-selected')).toBe('true')
    tunnel.close(1000, 'done')
    await page.getByText('both sides closed in order').waitFor()
    await row(page, '/ws/live').getByText('1000', { exact: true }).waitFor()
    await frames(page).getByText('1000 Normal closure: done').first().waitFor()
  })

  it('filters by text and by chips, which say the same', async () => {
    const { page, url } = await servedScreens()
    await fetch(`${url}/one`)
    await fetch(`${url}/two`)
    await openTunnel(`${url.replace('http', 'ws')}/ws/three`)
    await row(page, '/ws/three').waitFor()

    const field = page.getByRole('combobox', { name: 'Filter exchanges' })
    await field.fill('path:/one|/two')
    await page.getByText('2 of 3').waitFor()
    expect(await row(page, '/ws/three').count()).toBe(0)

    // A wrong word leaves the rows of the last good filter.
    await field.fill('path:/one|/two foo:bar')
    await page.getByRole('alert').getByText('There is no field foo.').waitFor()
    expect(await row(page, '/one').count()).toBe(1)
    expect(await row(page, '/ws/three').count()).toBe(0)
    expect(await page.getByText('2 of 3').count()).toBe(0)

    // What may be meant stands below what is wrong, and hides nothing of it.
    await field.fill('path:/one|/two foo:bar op')
    const wrong = page.getByRole('alert').filter({ hasText: 'There is no field foo.' })
    await wrong.waitFor()
    await page.getByRole('option', { name: 'opcode:' }).waitFor()
    const [said, offers] = [await wrong.boundingBox(), await page.getByRole('listbox', { name: 'Suggestions' }).boundingBox()]
    expect(offers!.y).toBeGreaterThanOrEqual(said!.y + said!.height)

    await field.press('Escape')
    await field.press('Escape')
    await row(page, '/ws/three').waitFor()
    await page.getByRole('button', { name: 'WebSocket' }).click()
    expect(await field.inputValue()).toBe('proto:ws')
    await page.getByText('1 of 3').waitFor()
    await field.fill('')
    await row(page, '/one').waitFor()
    expect(await page.getByRole('button', { name: 'WebSocket' }).getAttribute('aria-pressed')).toBe('false')

    await field.fill('path:/nowhere')
    await page.getByText('No exchange matches').waitFor()
    await page.getByRole('button', { name: 'Clear filter' }).click()
    await row(page, '/two').waitFor()
  })

  it('shows a refused handshake as a WebSocket, with the status that refused it, among the failed', async () => {
    const { page, url } = await servedScreens()
    await fetch(`${url}/fine`)
    await expect(openTunnel(`${url.replace('http', 'ws')}/dead/ws`)).rejects.toThrow('Unexpected server response: 502')
    await row(page, '/dead/ws').getByText('502').waitFor()
    expect(await row(page, '/dead/ws').getByRole('gridcell').nth(1).innerText()).toBe('WS')
    await page.getByRole('button', { name: 'WebSocket' }).click()
    await page.getByText('1 of 2').waitFor()
    await row(page, '/dead/ws').waitFor()
    await page.getByRole('button', { name: 'WebSocket' }).click()
    await page.getByRole('button', { name: 'Failed' }).click()
    await page.getByText('1 of 2').waitFor()
    await row(page, '/dead/ws').click()
    await page.getByRole('tab', { name: 'Handshake' }).waitFor()
    await page.getByRole('heading', { name: `${url.replace('http', 'ws')}/dead/ws` }).waitFor()
  })

  it('is used with keys alone: list, frames, inspector, and back', async () => {
    const { page, url } = await servedScreens()
    const tunnel = await openTunnel(`${url.replace('http', 'ws')}/ws/keys`)
    for (const text of ['one', 'two', 'three']) await echoed(tunnel, text)
    await row(page, '/ws/keys').waitFor()

    await exchanges(page).focus()
    await page.keyboard.press('Home')
    await page.keyboard.press('Enter')
    await frames(page)
      .getByRole('row', { name: /Frame 6,/ })
      .waitFor()
    await expect.poll(() => frames(page).evaluate((grid) => grid === document.activeElement)).toBe(true)

    await page.keyboard.press('Home')
    await page.keyboard.press('ArrowDown')
    await page.getByRole('separator', { name: 'Height of the inspector' }).waitFor()
    expect(await frames(page).getByRole('row', { selected: true }).getAttribute('aria-label')).toContain('Frame 2, from server')
    await page.keyboard.press('g')
    await page.keyboard.type('5')
    await page.keyboard.press('Enter')
    await frames(page)
      .getByRole('row', { name: /Frame 5,/, selected: true })
      .waitFor()

    await frames(page).focus()
    await page.keyboard.press('Escape')
    await page.getByRole('separator', { name: 'Height of the inspector' }).waitFor({ state: 'detached' })
    await page.keyboard.press('Escape')
    await expect.poll(() => exchanges(page).evaluate((grid) => grid === document.activeElement)).toBe(true)
    await page.keyboard.press('/')
    await page.keyboard.type('st')
    await page.getByRole('option', { name: /state:/ }).waitFor()
    await page.keyboard.press('ArrowDown')
    await page.keyboard.press('ArrowDown')
    await page.keyboard.press('Enter')
    expect(await page.getByRole('combobox', { name: 'Filter exchanges' }).inputValue()).toBe('state:')
  })

  it('holds at a frame that was chosen while it follows, and is as it was left when another tab was looked at', async () => {
    const { page, url } = await servedScreens()
    const tunnel = await openTunnel(`${url.replace('http', 'ws')}/ws/held`)
    const passes = async (from: number, to: number): Promise<void> => {
      for (let at = from; at < to; at++) await echoed(tunnel, `number ${at}`)
    }
    const newest = (number: number) => frames(page).getByRole('row', { name: new RegExp(`^Frame ${number},`) })
    await passes(0, 30)
    await row(page, '/ws/held').click()
    await newest(60).click()
    await page.getByRole('separator', { name: 'Height of the inspector' }).waitFor()
    const follows = page
      .getByRole('region', { name: 'Detail' })
      .getByRole('button', { name: 'Following what comes: press to hold (Space)' })
    const holds = page.getByRole('region', { name: 'Detail' }).getByRole('button', { name: 'Follow what comes (Space)' })
    // The newest is followed by those that come.
    await passes(30, 31)
    await newest(62).waitFor()
    await follows.waitFor()

    await frames(page).focus()
    await page.keyboard.press('End')
    for (let at = 0; at < 3; at++) await page.keyboard.press('ArrowUp')
    await holds.waitFor()
    const chosen = frames(page).getByRole('row', { name: /^Frame 59,/, selected: true })
    await chosen.waitFor()
    const place = (await chosen.boundingBox())!.y
    await passes(31, 51)
    await page.getByText('40 newer').waitFor()
    expect((await chosen.boundingBox())!.y).toBe(place)

    await page.getByRole('tab', { name: 'Handshake' }).click()
    await page.getByRole('switch', { name: 'Reveal' }).waitFor()
    await page.getByRole('tab', { name: /Frames/ }).click()
    await page.getByRole('separator', { name: 'Height of the inspector' }).waitFor()
    await expect.poll(async () => (await chosen.boundingBox())?.y).toBe(place)
    await holds.waitFor()

    await frames(page).focus()
    await page.keyboard.press('End')
    await follows.waitFor()
    await newest(102).waitFor()
  })

  it('puts the list above the detail, by a key or a button, and back; the next page has it so', async () => {
    const { page, url } = await servedScreens()
    await openTunnel(`${url.replace('http', 'ws')}/ws/above`)
    await row(page, '/ws/above').click()
    const boxes = async () => [
      await page.getByRole('region', { name: 'List' }).boundingBox(),
      await page.getByRole('region', { name: 'Detail' }).boundingBox()
    ]
    const isAbove = async () => {
      const [list, detail] = await boxes()
      return list!.x === detail!.x && list!.width === detail!.width && list!.y + list!.height <= detail!.y
    }
    const isBeside = async () => {
      const [list, detail] = await boxes()
      return list!.y === detail!.y && list!.height === detail!.height && list!.x + list!.width <= detail!.x
    }
    expect([await isAbove(), await isBeside()]).toEqual([false, true])
    await exchanges(page).focus()
    await page.keyboard.press('l')
    await page.getByRole('separator', { name: 'Height of the list' }).waitFor()
    expect(await isAbove()).toBe(true)

    const before = (await boxes())[0]!.height
    await page.getByRole('separator', { name: 'Height of the list' }).focus()
    await page.keyboard.press('ArrowDown')
    await expect.poll(async () => (await boxes())[0]!.height).toBe(before + 16)
    // Both are seen, however narrow it is.
    await page.setViewportSize({ width: 900, height: 700 })
    await page.reload()
    await row(page, '/ws/above').waitFor()
    await expect.poll(isAbove).toBe(true)
    await page.setViewportSize({ width: 1280, height: 800 })
    await page.getByRole('button', { name: 'List beside the detail (L)' }).click()
    await expect.poll(isBeside).toBe(true)
  })

  it('shows a list or a detail where there is no room for both', async () => {
    const { page, url } = await servedScreens()
    await page.setViewportSize({ width: 900, height: 700 })
    await openTunnel(`${url.replace('http', 'ws')}/ws/narrow`)
    await row(page, '/ws/narrow').waitFor()
    await exchanges(page).focus()
    await page.keyboard.press('Home')
    await page.keyboard.press('Enter')
    await page.getByText(/^Open for .*, no frame yet$/).waitFor()
    expect(await exchanges(page).isVisible()).toBe(false)
    await page.keyboard.press('Escape')
    await exchanges(page).waitFor()
    expect(await frames(page).isVisible()).toBe(false)
    // A click opens it as Enter does: the keys go on in what is shown.
    await row(page, '/ws/narrow').click()
    await expect.poll(() => frames(page).evaluate((grid) => grid === document.activeElement)).toBe(true)
  })

  it('says that a Close was never answered, under the frames and in the state, and does not call that failed', async () => {
    const { host, screens } = await servedEcho()
    const backend = await backendThatLeaves()
    const { listeners } = await host.serve(nativeSpec([{ match: '/', to: `http://127.0.0.1:${backend}/` }]))
    const page = await openedPage(screens)
    const tunnel = await openTunnel(`ws://127.0.0.1:${listeners[0]?.port}/ws/left`)
    const closed = new Promise<number>((resolve) => tunnel.once('close', resolve))
    tunnel.close(1000)
    // What the proxy says of it is what the peer sees.
    expect(await closed).toBe(1006)
    await row(page, '/ws/left').getByText('1000', { exact: true }).waitFor()
    await row(page, '/ws/left').click()
    await page.getByText(/^from the client, not answered by the backend: an unclean end, which is 1006 to the client/).waitFor()
    await page.getByText('Closed uncleanly', { exact: true }).waitFor()
    const field = page.getByRole('combobox', { name: 'Filter exchanges' })
    await field.fill('close:1006')
    await page.getByText('1 of 1').waitFor()
    await field.fill('state:failed')
    await page.getByText('0 of 1').waitFor()
  })

  it('names what a backend sends against the protocol, and a frame whose header never ended', async () => {
    const { host, screens } = await servedEcho()
    // "Hello" masked, which a server must not; a reserved opcode; the first byte of a frame.
    const backend = await backendThatLeaves('818537fa213d7f9f4d5158' + '8300' + '81')
    const { listeners } = await host.serve(nativeSpec([{ match: '/', to: `http://127.0.0.1:${backend}/` }]))
    const page = await openedPage(screens)
    const tunnel = await openTunnel(`ws://127.0.0.1:${listeners[0]?.port}/ws/broken`)
    tunnel.on('error', () => {})
    tunnel.send('?')
    // The client says so itself, unless the backend's end is there first.
    await row(page, '/ws/broken')
      .getByText(/^100[26]$/)
      .waitFor()
    await row(page, '/ws/broken').click()
    await frames(page)
      .getByRole('row', { name: 'Frame 2, from server, text, 5 bytes, the server masked it, as it must not, Hello' })
      .waitFor()
    for (const says of ['the server sent opcode 0x3, which is reserved', 'from the server, and the rest of it never came'])
      await frames(page).locator('.row.bad').getByText(says).waitFor()
    expect(await row(page, '/ws/broken').getByRole('gridcell').nth(7).innerText()).toBe('3')
  })

  it.each([
    [900, 700, 'open'],
    [900, 700, 'closed'],
    [1280, 800, 'open']
  ] as const)('keeps the chosen frame in sight as the inspector opens: %i × %i, a tunnel that is %s', async (width, height, state) => {
    const { page, url } = await servedScreens()
    await page.setViewportSize({ width, height })
    const tunnel = await openTunnel(`${url.replace('http', 'ws')}/ws/sight`)
    for (let at = 0; at < 30; at++) await echoed(tunnel, `number ${at}`)
    if (state === 'closed') tunnel.close(1000)
    await row(page, '/ws/sight')
      .getByText(state === 'open' ? '101' : '1000', { exact: true })
      .waitFor()
    await row(page, '/ws/sight').click()
    const body = frames(page).locator('.body')
    await frames(page).locator('.row:not([aria-busy=true])').nth(10).waitFor()
    // The row that is farthest from what stays: a tunnel that is open is followed at its end, one that is closed begins at its first frame.
    const before = (await body.boundingBox())!
    const nearEdge = state === 'open' ? 36 : before.height - 36
    await page.mouse.click(before.x + 200, before.y + nearEdge)
    await page.getByRole('separator', { name: 'Height of the inspector' }).waitFor()
    await expect.poll(async () => (await body.boundingBox())!.height).toBeLessThan(before.height - 200)
    const isSeen = async (): Promise<boolean> => {
      const [list, chosen] = [await body.boundingBox(), await frames(page).locator('.row.cursor').boundingBox()]
      return list !== null && chosen !== null && chosen.y >= list.y - 1 && chosen.y + chosen.height <= list.y + list.height + 1
    }
    await expect.poll(isSeen).toBe(true)
  })
})
