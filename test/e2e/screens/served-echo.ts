import { dirname, join } from 'node:path'
import { onTestFinished } from 'vitest'
import { ControlServer } from '../../../main/host/control/control-server.js'
import { bundled } from '../../bundled.js'
import { nativeSpec, runningHost } from '../../host/running-host.js'
import { echoBackend } from '../backends.js'

/** A host that serves an echo under /ws/, pages under /, nothing under /dead/: its screens' address, and its own. */
export async function servedEcho() {
  const { host } = await runningHost()
  const backend = await echoBackend()
  const { listeners } = await host.serve(
    nativeSpec([
      { match: '/dead/', to: 'http://127.0.0.1:9/' },
      { match: '/', to: `http://127.0.0.1:${backend}/` }
    ])
  )
  const server = new ControlServer({
    address: '127.0.0.1',
    port: 0,
    hostNames: [],
    screens: join(dirname(bundled('cli/switchyard')), '../renderer'),
    onScreen: (transport) => host.join(transport)
  })
  await server.start()
  onTestFinished(() => server.close())
  return { host, screens: server.url, url: `http://127.0.0.1:${listeners[0]?.port}` }
}
