import { readFileSync, symlinkSync, writeFileSync } from 'node:fs'
import { dirname, join, sep } from 'node:path'
import { pathToFileURL } from 'node:url'
import { expect, it } from 'vitest'
import { bundled } from '../bundled.js'
import { echoBackend, echoed, nativeSpec, openTunnel, runningHost, temporaryFolder } from './running-host.js'
import { appScreen, rowsOf } from './screens.js'

/** The threads of the bundle, but for a reader that writes down that it begins, and cannot. */
function withoutReader(): { readonly threads: URL; readonly begun: () => number } {
  const folder = temporaryFolder()
  const log = join(folder, 'begun')
  writeFileSync(log, '')
  for (const name of ['engine', 'writer', 'issuer'])
    symlinkSync(join(dirname(bundled('threads/engine')), `${name}.js`), join(folder, `${name}.js`))
  const note = `import { appendFileSync } from 'node:fs'\nappendFileSync(${JSON.stringify(log)}, 'x')\n`
  writeFileSync(join(folder, 'reader.js'), `${note}throw Object.assign(new Error('no room for it'), { code: 'EMFILE' })\n`)
  writeFileSync(join(folder, 'package.json'), '{"type":"module"}')
  return { threads: pathToFileURL(folder + sep), begun: () => readFileSync(log, 'utf8').length }
}

it('begins with the first question; where it cannot, that fails, traffic goes on, and not every question tries again', async () => {
  const { threads, begun } = withoutReader()
  const { host, failures } = await runningHost({ threads })
  const screen = await appScreen(host)
  await host.serve(nativeSpec([{ match: '/', to: `http://127.0.0.1:${await echoBackend()}/` }]))
  expect(await screen.ask('status', {})).toMatchObject({ state: 'running', counts: { exchanges: 0 } })
  expect(begun()).toBe(0)

  const tunnel = await openTunnel(`${host.listeners[0]?.url.replace('http', 'ws')}/ws`)
  for (let asked = 0; asked < 3; asked++) {
    const opened = await screen.exchange('view.open', { kind: 'exchanges', filter: '' })
    expect(opened).toMatchObject({ ok: false, error: { code: 'thread-failed', message: expect.stringContaining('no room for it') } })
  }
  expect(begun()).toBe(1)
  expect(await echoed(tunnel, 'still here')).toBe('still here')
  expect([host.status.state, failures]).toEqual(['running', []])
})

it('that begins after a clear reads the new file', async () => {
  const { host } = await runningHost()
  await host.serve(nativeSpec([{ match: '/', to: `http://127.0.0.1:${await echoBackend()}/` }]))
  const url = host.listeners[0]?.url ?? ''
  await (await fetch(`${url}/before`)).text()
  await host.capture?.clear()
  await (await fetch(`${url}/after`)).text()
  const screen = await appScreen(host)
  const { view } = await screen.ask('view.open', { kind: 'exchanges', filter: '' })
  const { rows } = await rowsOf(screen, view, 1)
  expect(rows).toMatchObject([{ target: '/after' }])
})
