import type { AppState } from '../../state/app.js'
import type { ListView } from '../../state/view.svelte.js'

/** Goes to the next row that something went wrong with, wherever in the list it stands. */
export async function toBad<Row extends { readonly id: number }>(
  { notices }: AppState,
  view: ListView<Row>,
  towards: 'later' | 'earlier',
  what: 'exchange' | 'frame'
): Promise<void> {
  if ((await view.find(null, towards)) !== false) return
  notices.show({ text: `No ${what} ${towards === 'later' ? 'below' : 'above'} went badly` })
}
