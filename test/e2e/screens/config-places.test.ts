import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Page } from 'playwright-core'
import { describe, expect, it } from 'vitest'
import type { Host } from '../../../main/host/host.js'
import { temporaryFolder } from '../../host/running-host.js'
import { freePort } from '../../oracle/loopback.js'
import { goTo, screensOfHost, takenPort } from './config-page.js'

const here = (page: Page, name: string | number) => page.getByRole('textbox', { name: `${name}, here`, exact: true })

/** A site on ports of its own, with a backend on each; none of them is on this machine. */
function siteOn(...ports: readonly number[]): string {
  const folder = temporaryFolder()
  const site = (port: number): string =>
    `Listen ${port}\n<VirtualHost *:${port}>\n    ProxyPass / http://app-${port}.internal/\n</VirtualHost>\n`
  writeFileSync(join(folder, 'site.conf'), `ServerName localhost\n${ports.map(site).join('')}`)
  return folder
}
async function pageOf(folder: string): Promise<{ page: Page; host: Host }> {
  let host!: Host
  const page = await screensOfHost(async (served) => {
    host = served
    // One that is refused is open, too.
    await host.configs.open({ files: [join(folder, 'site.conf')] }).catch(() => {})
  })
  await goTo(page, 'Config')
  return { page, host }
}

describe('Where a config leads on this machine', () => {
  it.each([0, 15, 80])('is typed from field to field without a pause, at %i ms a key, while the one before is served', async (delay) => {
    const ports = [await freePort(), await freePort(), await freePort()]
    const { page, host } = await pageOf(siteOn(...ports))
    await page.getByText('config 1, applied').first().waitFor()

    const backends = ports.map((_, at) => `127.0.0.1:4808${at}`)
    const names = ports.map((port) => `app-${port}.internal:80`)
    await here(page, names[0] as string).focus()
    for (const backend of backends) {
      await page.keyboard.press('Control+a')
      await page.keyboard.type(backend, { delay })
      await page.keyboard.press('Tab')
      await page.keyboard.press('Tab')
    }
    const mapped = names.map((name, at) => `${name}=${backends[at]}`)
    await expect.poll(() => [...(host.configs.options?.maps ?? [])].sort(), { timeout: 10_000 }).toEqual(mapped.sort())
    const shown = (): Promise<string[]> => Promise.all(names.map((name) => here(page, name).inputValue()))
    await expect.poll(shown).toEqual(backends)

    const elsewhere = [await freePort(), await freePort(), await freePort()]
    await here(page, ports[0] as number).focus()
    for (const port of elsewhere) {
      await page.keyboard.press('Control+a')
      await page.keyboard.type(String(port), { delay })
      await page.keyboard.press('Tab')
    }
    await expect.poll(() => host.status.listeners.map(({ port }) => port).sort(), { timeout: 10_000 }).toEqual([...elsewhere].sort())
    await expect.poll(() => Promise.all(ports.map((port) => here(page, port).inputValue()))).toEqual(elsewhere.map(String))
  })

  it('is kept whole where it is typed at once before the first start, and served by the Apply that follows', async () => {
    const ports = [await takenPort(), await freePort(), await freePort()]
    const elsewhere = [await freePort(), await freePort(), await freePort()]
    const backends = ports.map((_, at) => `127.0.0.1:4808${at}`)
    const names = ports.map((port) => `app-${port}.internal:80`)
    const { page, host } = await pageOf(siteOn(...ports))
    await page.getByText('is in use by another program').first().waitFor()
    for (const [at, name] of names.entries()) await here(page, name).fill(backends[at] as string)
    for (const [at, port] of ports.entries()) await here(page, port).fill(String(elsewhere[at]))
    await page.getByRole('button', { name: 'Apply', exact: true }).click()
    await page.getByText('config 1, applied').first().waitFor()
    expect(host.configs.options?.maps).toEqual(names.map((name, at) => `${name}=${backends[at]}`))
    expect(host.status.listeners.map(({ port }) => port).sort()).toEqual([...elsewhere].sort())
  })

  it('is no mistake any more where the value that stood there is typed again over a wrong one', async () => {
    const [port, elsewhere] = [await freePort(), await freePort()]
    const { page } = await pageOf(siteOn(port))
    for (const [name, right, wrong] of [
      [`app-${port}.internal:80`, '127.0.0.1:48080', '127.0.0.1'],
      [port, String(elsewhere), '99999']
    ] as const) {
      const field = here(page, name)
      const invalid = (): Promise<string | null> => field.getAttribute('aria-invalid')
      await field.fill(right)
      await field.press('Enter')
      await page
        .getByText(`config ${name === port ? 3 : 2}, applied`)
        .first()
        .waitFor()
      await field.fill(wrong)
      await field.press('Enter')
      await expect.poll(invalid).toBe('true')
      await field.fill(right)
      await field.press('Enter')
      await expect.poll(invalid).toBe('false')
    }
  })
})
