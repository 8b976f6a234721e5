import { once } from 'node:events'
import { expect, test } from 'vitest'
import { WebSocket } from 'ws'
import { freePort } from '../../oracle/loopback.js'
import { configFile, Switchyard } from '../switchyard.js'
import { screenPage } from './screen-page.js'

test('WebSockets that fail are read aloud, by their count, on whatever screen one is', async () => {
  const port = await freePort()
  const config = `Listen ${port}\nServerName localhost\nProxyPass / ws://127.0.0.1:${await freePort()}/\n`
  const page = await screenPage(await Switchyard.serve(configFile(config)), 'Traffic')
  await page.keyboard.press('Control+,')
  const said = page.locator('[aria-live="polite"]')
  const fail = async (): Promise<string | null> => {
    await once(new WebSocket(`ws://localhost:${port}/`), 'error')
    return await said.textContent()
  }
  await expect.poll(fail, { interval: 300, timeout: 30_000 }).toMatch(/^\d+ WebSockets? failed or closed badly/)
})
