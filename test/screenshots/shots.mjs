// What each picture shows, as somebody would get there: by keys and clicks.

const screen = async (page, number) => {
  await page.keyboard.press('Escape')
  await page.keyboard.press(`Control+${number}`)
}

export const shots = {
  traffic: async (page) => {
    await screen(page, 1)
    await page.locator('[data-table=exchanges]').getByText('/socket.io/').last().click()
    await page.locator('[data-table=frames] [role=row]').nth(4).click()
    await page.getByRole('tab', { name: 'Decoded' }).waitFor()
  },
  'traffic-handshake': async (page) => {
    await page.getByRole('tab', { name: /Handshake/ }).click()
  },
  route: async (page) => {
    await screen(page, 2)
  },
  config: async (page) => {
    await screen(page, 3)
    await page.locator('.cm-content').waitFor()
  },
  certificates: async (page) => {
    await screen(page, 4)
    await page.locator('main > .screen:not([inert])').getByText('localhost').first().waitFor()
  },
  logs: async (page) => {
    await screen(page, 5)
  },
  settings: async (page) => {
    await screen(page, 6)
  },
  palette: async (page) => {
    await screen(page, 1)
    await page.keyboard.press('Control+k')
    await page.getByRole('dialog').getByRole('combobox').waitFor()
  }
}
