import type { Page } from 'playwright-core'
import { expect } from 'vitest'

const mostTabs = 80

/** What has the focus, and whether it is seen: by the element itself, the field around it, the active row of a table, or the caret of the editor. */
export function focusIn(page: Page) {
  return page.evaluate(async () => {
    // The editor draws its caret in the frame after it got the focus.
    for (let frames = 0; frames < 2; frames++) await new Promise((resolve) => requestAnimationFrame(resolve))
    const focused = document.activeElement as HTMLElement
    const active = document.getElementById(focused.getAttribute('aria-activedescendant') ?? '')
    const caret = focused.closest('.cm-editor')?.querySelector<HTMLElement>('.cm-cursor-primary') ?? null
    const drawn = [active, focused, focused.closest<HTMLElement>('.field')].filter((element) => element !== null)
    const isSeen = (element: HTMLElement): boolean => element.checkVisibility() && element.getClientRects().length > 0
    /** The shadow of such an element without the focus: a shadow that is always there is no ring. */
    const restingShadow = (element: HTMLElement): string => {
      const twin = element.cloneNode(false) as HTMLElement
      element.after(twin)
      const { boxShadow } = getComputedStyle(twin)
      twin.remove()
      return boxShadow
    }
    const hasRing = (element: HTMLElement): boolean => {
      const { outlineStyle, outlineWidth, boxShadow } = getComputedStyle(element)
      if (outlineStyle !== 'none' && Number.parseFloat(outlineWidth) > 0) return true
      return boxShadow !== 'none' && boxShadow !== restingShadow(element)
    }
    return {
      what: focused.outerHTML.slice(0, 120),
      name: (
        focused.getAttribute('aria-label') ??
        (focused as HTMLInputElement).labels?.[0]?.textContent ??
        focused.textContent ??
        ''
      ).trim(),
      role: focused.getAttribute('role') ?? focused.localName,
      ring: drawn.some((element) => isSeen(element) && hasRing(element)) || (caret !== null && isSeen(caret)),
      inMain: focused.closest('main') !== null,
      inTable: focused.closest('[role="grid"], table') !== null,
      inEditor: focused.closest('.cm-content') !== null
    }
  })
}
export type Focus = Awaited<ReturnType<typeof focusIn>>

/** Presses Tab, or Shift+Tab, until the focus is there; on the way it is always seen. */
export async function tabTo(page: Page, fits: (focus: Focus) => boolean, keys = 'Tab'): Promise<Focus> {
  const passed: string[] = []
  for (let tabs = 0; tabs < mostTabs; tabs++) {
    await page.keyboard.press(keys)
    const focus = await focusIn(page)
    expect(focus).toMatchObject({ ring: true })
    if (fits(focus)) return focus
    passed.push(`${focus.role} ${focus.name.slice(0, 30)}`)
  }
  throw new Error(`${keys} did not lead there, but to:\n${passed.join('\n')}`)
}
