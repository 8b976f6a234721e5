// What each picture shows, as somebody would get there: by keys and clicks. `over`: what its screen is called. `widths`: where
// it is worth a picture; default: all. `after` puts back what the next picture does not want.

const keys = {
  Traffic: 'Control+1',
  Route: 'Control+2',
  Config: 'Control+3',
  Certificates: 'Control+4',
  Logs: 'Control+5',
  Settings: 'Control+,'
}
const shown = (page) => page.locator('main > .screen:not([inert])')

/** Goes to a screen and waits until it is there, by its name. */
export async function goTo(page, name) {
  await page.keyboard.press('Escape')
  if (name in keys) await page.keyboard.press(keys[name])
  await page.getByRole('main', { name, exact: true }).waitFor()
  await shown(page).locator('h1, h2, [role=grid]').filter({ visible: true }).first().waitFor()
}

/** Chooses an exchange of the list. Where the window is narrow, the list is gone back to. */
async function exchange(page, path, status) {
  const list = page.getByRole('grid', { name: 'Exchanges' })
  if (!(await list.isVisible())) await page.getByRole('button', { name: 'Back to the list' }).click()
  const rows = list.getByRole('row').filter({ hasText: path, visible: true })
  await rows.filter({ has: page.getByText(status, { exact: true }) }).click()
}
async function frame(page, text) {
  await page.getByRole('grid', { name: 'Frames' }).getByRole('row').filter({ hasText: text, visible: true }).first().click()
  await page.getByRole('tab', { name: 'Decoded' }).waitFor()
}

const mistake = 'ProxyTimeot 90'

export const shots = {
  'traffic-list': {
    over: 'Traffic',
    widths: [900],
    show: (page) => page.getByRole('grid', { name: 'Exchanges' }).getByText('/ticker').waitFor()
  },
  traffic: {
    over: 'Traffic',
    async show(page) {
      await exchange(page, '/socket.io/', '101')
      await frame(page, 'uploading')
      await page.getByRole('tree').getByText('flame graph').waitFor()
    }
  },
  'frames-hex': {
    over: 'Traffic',
    async show(page) {
      await exchange(page, '/socket.io/', '101')
      await frame(page, 'uploading')
      await page.getByRole('tab', { name: 'Hex' }).click()
      await page.locator('[data-part=ascii]').first().waitFor()
    },
    after: (page) => page.getByRole('tab', { name: 'Decoded' }).click()
  },
  'traffic-handshake': {
    over: 'Traffic',
    async show(page) {
      await exchange(page, '/socket.io/', '101')
      await page.getByRole('tab', { name: 'Handshake' }).click()
      await page.getByText('Sec-WebSocket-Accept').first().waitFor()
    }
  },
  'traffic-body': {
    over: 'Traffic',
    async show(page) {
      await exchange(page, '/api/channels', '200')
      await page.getByRole('tab', { name: 'Body' }).click()
      await page.getByRole('tree').getByText('release').waitFor()
    }
  },
  route: {
    over: 'Route',
    async show(page) {
      await page.getByRole('textbox', { name: 'URL' }).fill('wss://app.example.com/cable')
      const socket = page.getByRole('switch', { name: 'Asks for a WebSocket' })
      if ((await socket.getAttribute('aria-checked')) !== 'true') await socket.click()
      await page.getByRole('button', { name: 'Explain', exact: true }).click()
      await page
        .getByRole('list', { name: /How it is decided/ })
        .getByText('/cable')
        .first()
        .waitFor()
      await page.getByRole('region', { name: 'Why not' }).getByText(':24').waitFor()
      await page.getByText('The head that goes to the backend').scrollIntoViewIfNeeded()
    }
  },
  config: {
    over: 'Config',
    async show(page) {
      await page.getByRole('region', { name: 'What it does' }).getByRole('button', { name: '/socket.io/' }).click()
      await page.locator('.cm-activeLine', { hasText: '/socket.io/' }).waitFor()
      await page.keyboard.type(`${mistake}\n`)
      await page.locator('.cm-finding-gutter .error').waitFor()
      const problems = page.getByRole('region', { name: 'Problems' })
      await problems.getByRole('button', { name: mistake.split(' ')[0] }).click()
      await page.locator('.cm-peek').getByText('Is ProxyTimeout meant?').waitFor()
      await problems.getByText(/^checked in/).waitFor()
    },
    async after(page) {
      await page.getByRole('button', { name: 'Revert' }).click()
      await page.getByRole('menuitem', { name: "To the disk's text" }).click()
      await page.locator('.cm-finding-gutter .error').waitFor({ state: 'detached' })
    }
  },
  certificates: { over: 'Certificates', show: (page) => shown(page).getByText('localhost').first().waitFor() },
  logs: {
    over: 'Logs',
    async show(page) {
      await page.getByRole('grid', { name: 'Log lines' }).getByText('attempt to connect').first().click()
      await page.getByRole('region', { name: 'The chosen line' }).getByLabel('Message').waitFor()
    },
    after: (page) => page.keyboard.press('Escape')
  },
  settings: { over: 'Settings', show: (page) => shown(page).getByRole('heading', { name: 'Capture' }).waitFor() },
  palette: {
    over: 'Traffic',
    async show(page) {
      await page.keyboard.press('Control+k')
      await page.getByRole('dialog').getByRole('combobox').waitFor()
    }
  }
}

/** The first run, with the demo: nothing was opened yet. */
export const firstShots = {
  start: { over: 'Start page', show: (page) => shown(page).getByRole('heading', { name: 'Open a config' }).waitFor() }
}
