import type { IconName } from './icons.js'

export interface MenuAction {
  readonly title: string
  readonly run: () => unknown
  readonly icon?: IconName
  /** Shown at the right, as `sayKeys` writes them. */
  readonly keys?: string | undefined
  readonly checked?: boolean
  /** Why it can't be done now; null: it can. */
  readonly disabled?: string | null
  readonly danger?: boolean
}
/** A null is a line between groups; a title without `run` a heading. */
export type MenuItem = MenuAction | { readonly heading: string } | null

/** Where a menu or popover opens: at a point, or beside an element. */
export type Anchor = { readonly x: number; readonly y: number } | HTMLElement

const edgePx = 8

/** Top and left of a box of this size by its anchor, inside the window. */
export function placeBeside(anchor: Anchor, width: number, height: number, window: { innerWidth: number; innerHeight: number }) {
  const box = 'x' in anchor ? null : anchor.getBoundingClientRect()
  const at = 'x' in anchor ? anchor : { x: anchor.getBoundingClientRect().left, y: anchor.getBoundingClientRect().bottom + 4 }
  const below = at.y + height <= window.innerHeight - edgePx
  const above = box === null ? at.y - height : box.top - 4 - height
  const top = below || above < edgePx ? Math.min(at.y, window.innerHeight - edgePx - height) : above
  return { left: Math.max(edgePx, Math.min(at.x, window.innerWidth - edgePx - width)), top: Math.max(edgePx, top) }
}
