import { untrack } from 'svelte'
import type { Session } from './session.svelte.js'

/** In a component: called when another capture is begun in the place of the one that was written. Views of that one ended with it. */
export function onNewCapture(session: Session, began: () => void): void {
  let before: string | undefined
  $effect(() => {
    const name = session.status?.capture?.session
    if (before !== undefined && name !== undefined && name !== before) untrack(began)
    before = name ?? before
  })
}
