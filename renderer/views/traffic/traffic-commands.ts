import type { AppState } from '../../state/app.js'
import type { Command } from '../../state/commands.svelte.js'
import type { ExchangeActions } from './exchanges/exchange-actions.js'
import type { TrafficLayout } from './traffic-layout.svelte.js'
import { toBad } from './to-bad.js'
import type { Traffic } from './traffic.svelte.js'

interface Parts {
  readonly app: AppState
  readonly traffic: Traffic
  readonly layout: TrafficLayout
  readonly actions: ExchangeActions
  readonly isActive: () => boolean
  readonly focusFilter: () => void
  readonly exportChosen: () => void
}
const group = 'Traffic'

/** What the screen can do, by menu, palette and keys. */
export function trafficCommands({ app, traffic, layout, actions, isActive, focusFilter, exportChosen }: Parts): Command[] {
  const { view } = traffic
  const mayClear = (): boolean => app.session.status?.capture != null && traffic.session === undefined
  const hasRow = (): boolean => isActive() && traffic.shown !== null
  // In the table of frames the same letters copy a frame.
  const inFrames = (): boolean => document.activeElement?.closest('[data-table="frames"]') != null
  const onRow = (work: (row: NonNullable<Traffic['shown']>) => unknown) => (): unknown => traffic.shown && work(traffic.shown)
  return [
    {
      id: 'traffic.clear',
      title: 'Clear traffic: begin a new capture',
      group,
      icon: 'trash',
      when: mayClear,
      run: () => clear(app)
    },
    { id: 'traffic.follow', title: 'Follow what comes', group, icon: 'follow', when: isActive, run: () => follow(view) },
    { id: 'find', title: 'Filter traffic', group, icon: 'filter', keys: ['Mod+F', '/'], when: isActive, run: focusFilter },
    {
      id: 'traffic.nextBad',
      title: 'Next red mark',
      group,
      keys: 'n',
      when: isActive,
      run: () => (inFrames() && app.commands.run('traffic.nextBadFrame')) || toBad(app, view, 'later', 'exchange')
    },
    {
      id: 'traffic.previousBad',
      title: 'Previous red mark',
      group,
      keys: 'Shift+n',
      when: isActive,
      run: () => (inFrames() && app.commands.run('traffic.previousBadFrame')) || toBad(app, view, 'earlier', 'exchange')
    },
    {
      id: 'traffic.layout',
      title: 'List beside or above the detail',
      group,
      icon: 'split',
      keys: 'l',
      when: isActive,
      run: () => layout.toggle()
    },
    {
      id: 'traffic.copyUrl',
      title: 'Copy the URL of the chosen exchanges',
      group,
      icon: 'copy',
      keys: 'c',
      keysWhen: () => !inFrames(),
      when: hasRow,
      run: () => actions.copyUrls(view)
    },
    {
      id: 'traffic.copyRow',
      title: 'Copy the chosen exchanges as rows',
      group,
      keys: 'Shift+c',
      keysWhen: () => !inFrames(),
      when: hasRow,
      run: () => actions.copyRows(view)
    },
    { id: 'traffic.copyCurl', title: 'Copy as cURL', group, icon: 'copy', when: hasRow, run: onRow((row) => actions.copyCurl(row)) },
    {
      id: 'traffic.copyWscat',
      title: 'Copy as wscat',
      group,
      icon: 'copy',
      when: () => hasRow() && traffic.shown?.handshake === 1,
      run: onRow((row) => actions.copyWscat(row))
    },
    {
      id: 'traffic.explain',
      title: 'Explain this exchange in Route',
      group,
      icon: 'route',
      when: () => hasRow() && traffic.session === undefined,
      run: onRow((row) => actions.explain(row))
    },
    {
      id: 'traffic.export',
      title: 'Export chosen exchanges…',
      group,
      icon: 'save',
      when: () => isActive() && view.selected.size > 0,
      run: exportChosen
    },
    {
      id: 'traffic.close',
      title: 'Close the tunnel',
      group,
      icon: 'close',
      when: () => hasRow() && traffic.session === undefined && traffic.shown?.websocket === 1 && traffic.shown.state === 'open',
      run: onRow((row) => actions.close(row))
    }
  ]
}

async function clear({ connection, notices }: AppState): Promise<void> {
  await connection.request('capture.clear', {})
  notices.show({ text: 'A new capture begins', hint: 'The one before is among the earlier captures.' })
}
/** Holds where it follows; else goes to where new rows come in. */
async function follow(view: Traffic['view']): Promise<void> {
  if (view.following) {
    view.following = false
    return
  }
  view.following = true
  // The same list, looked at from where it grows.
  await view.setOrder(view.order)
}
