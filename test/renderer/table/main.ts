import { mount } from 'svelte'
import type { FrameRow } from '../../../shared/rows.js'
import { Connection } from '../../../renderer/state/connection.svelte.js'
import { dialHere } from '../../../renderer/state/line.js'
import { ListView } from '../../../renderer/state/view.svelte.js'
import Harness from './Harness.svelte'
import { SyntheticHost } from './synthetic-host.js'
import '../../../renderer/styles/fonts.css'
import '../../../renderer/styles/tokens.css'
import '../../../renderer/styles/base.css'

const asked = new URLSearchParams(location.search)
const host = new SyntheticHost(Number(asked.get('rows') ?? 1_000_000))
/** Of a real host, where one serves this page. */
const session = asked.get('session')
const connection = new Connection(session === null ? host.dial : dialHere())
const spec = { kind: 'frames' as const, of: 1, filter: '', ...(session === null ? {} : { session }) }
const view = new ListView<FrameRow>(connection, spec, { follow: asked.has('follow') })
mount(Harness, { target: document.getElementById('app') as HTMLElement, props: { connection, view } })
connection.start()
// For the test that drives this page.
Object.assign(window, { host, view })
