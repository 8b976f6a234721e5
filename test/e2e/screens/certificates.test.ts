import { execFile } from 'node:child_process'
import { existsSync } from 'node:fs'
import { promisify } from 'node:util'
import { describe, expect, it } from 'vitest'
import { bundled } from '../../bundled.js'
import { freePort } from '../../oracle/loopback.js'
import { echoBackend } from '../backends.js'
import { configFile, Switchyard } from '../switchyard.js'
import { screenOf, screenPage } from './screen-page.js'

const run = promisify(execFile)

describe('The Certificates screen', () => {
  it('has lines that a terminal can run as they are, and names the authority of the site that is served', async () => {
    const port = await freePort()
    const file = configFile(
      JSON.stringify({
        listen: [{ port, tls: true }],
        routes: [{ match: '/', host: 'app.example.com', respond: { status: 200 } }]
      }),
      'switchyard.json'
    )
    const served = await Switchyard.serve(file)
    const page = await screenPage(served, 'Traffic')
    await page.getByRole('navigation', { name: 'Screens' }).getByRole('button', { name: 'Certificates' }).click()
    const pane = (await screenOf(page, 'Certificates')).getByRole('region', { name: 'For your terminal' })
    const line = async (begin: string): Promise<string> => await pane.locator('code').filter({ hasText: begin }).innerText()

    const node = await line('export NODE_EXTRA_CA_CERTS')
    expect(node).toContain(`node ${bundled('cli/switchyard')} ca path`)
    const { stdout } = await run('/bin/sh', ['-c', `${node}; printf %s "$NODE_EXTRA_CA_CERTS"`])
    expect([stdout.startsWith(served.data), existsSync(stdout)]).toEqual([true, true])
    const curl = pane
      .locator('code')
      .filter({ hasText: '--cacert' })
      .filter({ hasText: `--resolve app.example.com:${port}:127.0.0.1` })
    const asked = await run('/bin/sh', ['-c', `${await curl.innerText()} -s -o /dev/null -w '%{http_code}'`])
    expect(asked.stdout).toBe('200')
    expect(await line('keytool')).toMatch(/-alias switchyard-app\.example\.com-\w+ -file \S+\/authorities\/app\.example\.com-\w+\//)
  })
})

describe('An empty Traffic', () => {
  it('has lines that a terminal can run as they are: to a named host here, through its TLS, on its routes', async () => {
    const [port, backend] = [await freePort(), await echoBackend()]
    const routes = `ProxyPass /ws/ ws://127.0.0.1:${backend}/\nProxyPass /app/ http://127.0.0.1:${backend}/`
    const served = await Switchyard.serve(
      configFile(`Listen ${port}\n<VirtualHost *:${port}>\nServerName app.example.com\nSSLEngine on\n${routes}\n</VirtualHost>\n`)
    )
    const page = await screenPage(served, 'Traffic')
    const name = `app.example.com:${port}`
    const lines = [
      page.locator('code').filter({ hasText: `curl -i -k --resolve ${name}:127.0.0.1 https://${name}/app/` }),
      page.locator('code').filter({ hasText: `connect wss://${name}/ws/ --to 127.0.0.1:${port} --data ${served.data}` })
    ]
    const [curl, connect] = await Promise.all(lines.map((line) => line.innerText()))
    expect((await run('/bin/sh', ['-c', `${curl} --silent`])).stdout).toMatch(/^HTTP\/1\.1 200 OK\r\n[^]*\r\n\r\na page$/)
    expect((await run('/bin/sh', ['-c', `echo hello | ${connect}`])).stdout).toMatch(/^< hello$/m)
  })
})
