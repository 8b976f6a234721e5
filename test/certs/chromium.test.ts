import { join } from 'node:path'
import type { Browser } from 'playwright-core'
import { describe, expect, it } from 'vitest'
import { browserAtHome } from '../browser-at-home.js'
import { Authorities } from '../../main/certs/authorities.js'
import { caInstall, caStatus, caUninstall, type CaContext } from '../../main/certs/ca-command.js'
import { makeEndEntity } from '../../main/certs/authority.js'
import { hostName, type HostName } from '../../main/certs/host-name.js'
import { Issuer } from '../../main/certs/issuer.js'
import { temporaryFolder, written } from './data-folder.js'
import { serveWith } from './tls-origin.js'

/** What a page at `url` gets, and what a WebSocket from it echoes. */
async function visit(browser: Browser, url: string): Promise<string[]> {
  const context = await browser.newContext()
  const page = await context.newPage()
  try {
    await page.goto(url)
    return [await page.title(), await page.evaluate(echo, url.replace('https:', 'wss:'))]
  } catch (refused) {
    return [/net::\w+/.exec((refused as Error).message)?.[0] ?? String(refused)]
  } finally {
    await context.close()
  }
}

/** Runs in the page. */
function echo(url: string): Promise<string> {
  return new Promise((resolve) => {
    const socket = new WebSocket(url)
    socket.onopen = () => socket.send('hello')
    socket.onmessage = ({ data }) => resolve(`echo ${String(data)}`)
    socket.onerror = () => resolve('the WebSocket failed')
  })
}

describe('Chromium, with no certificate flag at all', () => {
  it('loads https:// and wss:// once the authorities are installed, and not before', { timeout: 120_000 }, async () => {
    const home = temporaryFolder()
    const authorities = new Authorities({ dataDir: temporaryFolder() })
    const store = [`nss:${join(home, '.pki/nssdb')}`]
    const context: CaContext = { authorities, stores: { platform: 'linux', home } }
    const issuer = new Issuer({ authorities })
    const ref = { from: 'local' as const, names: ['localhost', 'app.example.com'] }
    const port = await serveWith(issuer, ref, '127.0.0.1')
    const urls = ['localhost', 'app.localhost', '127.0.0.1', 'app.example.com'].map((name) => `https://${name}:${port}/`)

    const before = await browserAtHome(home, ['--host-resolver-rules=MAP app.example.com 127.0.0.1'])
    for (const url of urls) expect([url, ...(await visit(before, url))]).toEqual([url, 'net::ERR_CERT_AUTHORITY_INVALID'])
    await before.close()

    expect((await caInstall(context, store)).map(({ outcome }) => outcome)).toEqual(['done', 'done'])
    const installed = (await caStatus(context)).authorities.flatMap(({ trust }) => trust.filter((each) => store.includes(each.store)))
    expect(installed.map(({ state }) => state)).toEqual(['trusted', 'trusted'])
    const trusting = await browserAtHome(home, ['--host-resolver-rules=MAP app.example.com 127.0.0.1'])
    for (const url of urls) expect([url, ...(await visit(trusting, url))]).toEqual([url, 'served', 'echo hello'])
    await trusting.close()

    expect((await caUninstall(context, store)).map(({ outcome }) => outcome)).toEqual(['done', 'done'])
    const after = await browserAtHome(home, ['--host-resolver-rules=MAP app.example.com 127.0.0.1'])
    expect(await visit(after, urls[0] as string)).toEqual(['net::ERR_CERT_AUTHORITY_INVALID'])
  })

  it('refuses a certificate outside the constraints, although its authority is installed', { timeout: 120_000 }, async () => {
    const home = temporaryFolder()
    const authorities = new Authorities({ dataDir: temporaryFolder() })
    await caInstall({ authorities, stores: { platform: 'linux', home } }, [`nss:${join(home, '.pki/nssdb')}`])
    const port = await serveWithStolenKey(authorities, 'bank.example.com')
    const browser = await browserAtHome(home, ['--host-resolver-rules=MAP bank.example.com 127.0.0.1'])
    expect(await visit(browser, `https://bank.example.com:${port}/`)).toEqual(['net::ERR_CERT_INVALID'])
  })
})

/** As somebody would who has the first authority's key: whatever our own code refuses, it signs. */
async function serveWithStolenKey(authorities: Authorities, name: string): Promise<number> {
  const stolen = await makeEndEntity(await authorities.first(), [hostName(name) as HostName], Date.now())
  const folder = temporaryFolder()
  const [certFile, keyFile] = [written(folder, 'forged.pem', stolen.certificate), written(folder, 'forged-key.pem', stolen.key)]
  return await serveWith(new Issuer({ authorities }), { from: 'files', certFile, keyFile }, '127.0.0.1')
}
