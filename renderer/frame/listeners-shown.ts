import type { ListenerFacts } from '../../shared/contract.js'

/** Between addresses, and what the button takes that leads to those that are hidden. */
export const gapPx = 14
const morePx = 34 + gapPx
/** More are a list, not a bar. */
const mostShown = 2

/** Those of TLS first: pages that are served so open their WebSockets there. */
export function securedFirst(listeners: readonly ListenerFacts[]): readonly ListenerFacts[] {
  return [...listeners].sort((a, b) => Number(b.tls) - Number(a.tls))
}

/** How many addresses of these widths stand beside each other in a room; one always does. */
export function shownIn(roomPx: number, widths: readonly number[]): number {
  const fits = (count: number): boolean => {
    const taken = widths.slice(0, count).reduce((sum, width) => sum + width + gapPx, 0) - gapPx
    return taken + (count < widths.length ? morePx : 0) <= roomPx
  }
  for (let count = Math.min(mostShown, widths.length); count > 1; count--) if (fits(count)) return count
  return Math.min(1, widths.length)
}
