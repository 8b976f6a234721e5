import { test } from 'vitest'
import { freePort } from '../../oracle/loopback.js'
import { configFile, Switchyard } from '../switchyard.js'
import { row } from '../traffic-rows.js'
import { screenOf, screenPage } from './screen-page.js'

test('after a clear the lists of traffic and of the log begin anew, and go on', async () => {
  const port = await freePort()
  const lines = `Listen ${port}\nServerName localhost\nProxyPass / http://127.0.0.1:${await freePort()}/\n`
  const page = await screenPage(await Switchyard.serve(configFile(lines)), 'Traffic')
  const fail = async (path: string): Promise<void> => void (await fetch(`http://localhost:${port}${path}`))
  const line = (text: string) => page.getByRole('row', { name: text }).first()
  await fail('/before')
  await row(page, '/before').waitFor()
  await page.keyboard.press('Control+5')
  await screenOf(page, 'Logs')
  await line('/before').waitFor()

  await page.keyboard.press('Control+1')
  await screenOf(page, 'Traffic')
  await page.getByRole('button', { name: /^Clear/ }).click()
  await row(page, '/before').waitFor({ state: 'detached' })
  await fail('/after')
  await row(page, '/after').waitFor()
  await page.keyboard.press('Control+5')
  await screenOf(page, 'Logs')
  await line('/after').waitFor()
  await line('/before').waitFor({ state: 'detached' })
})
