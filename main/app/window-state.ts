import { readFileSync } from 'node:fs'
import { writeAtomically } from '../capture/sessions/write-atomically.js'

export interface Place {
  readonly x: number
  readonly y: number
  readonly width: number
  readonly height: number
}
export interface WindowPlace {
  /** null: centred by the system. */
  readonly place: Place | null
  readonly maximized: boolean
  /** Under which its page remembers what it shows; null: it gets one. */
  readonly name: string | null
}
/** What windows look like before anything is loaded: where they are, and the theme, for their background. */
export interface WindowState {
  readonly windows: readonly WindowPlace[]
  readonly theme: 'system' | 'light' | 'dark'
}

export const smallest = { width: 760, height: 520 }
export const defaultSize = { width: 1280, height: 800 }
/** `--chrome` of tokens.css: the page's own background. */
export const backgrounds = { light: '#f3f4f5', dark: '#111215' }
const unknown: WindowState = { windows: [], theme: 'system' }
const mostWindows = 10
/** A window can be caught by what sticks out of a screen's edge: so much of its title bar. */
const graspable = { width: 120, height: 40 }

/** What stands in the file; a file that is not there, or not ours, says nothing. */
export function readWindowState(file: string): WindowState {
  try {
    const { windows, theme } = JSON.parse(readFileSync(file, 'utf8')) as Partial<WindowState>
    return {
      windows: Array.isArray(windows) ? windows.slice(0, mostWindows).map(readPlace) : [],
      theme: theme === 'light' || theme === 'dark' ? theme : 'system'
    }
  } catch {
    return unknown
  }
}

/** Where windows were is a comfort: a disk that says no is no reason to complain. */
export function writeWindowState(file: string, state: WindowState): void {
  try {
    writeAtomically(file, `${JSON.stringify(state)}\n`)
  } catch {
    // The next window opens in the middle.
  }
}

/**
 * Where a window opens: as it was, no larger than its screen; null, to be centred, where that place is on no screen (any
 * more). @param screens work areas.
 */
export function placeOn(place: Place | null, screens: readonly Place[]): Place | null {
  const screen = place === null ? undefined : screens.find((area) => isGraspable(place, area))
  if (place === null || screen === undefined) return null
  return {
    x: place.x,
    y: place.y,
    width: Math.max(smallest.width, Math.min(place.width, screen.width)),
    height: Math.max(smallest.height, Math.min(place.height, screen.height))
  }
}

/** Beside the window before it, as far as there is room. */
export function cascaded(before: Place, screens: readonly Place[]): Place | null {
  const step = 32
  return placeOn({ ...before, x: before.x + step, y: before.y + step }, screens)
}

function readPlace(found: unknown): WindowPlace {
  const { place, maximized, name } = (found ?? {}) as Partial<WindowPlace>
  return {
    place: isPlace(place) ? { x: place.x, y: place.y, width: place.width, height: place.height } : null,
    maximized: maximized === true,
    name: typeof name === 'string' && /^[\w-]{1,64}$/.test(name) ? name : null
  }
}

function isGraspable(place: Place, area: Place): boolean {
  const across = Math.min(place.x + place.width, area.x + area.width) - Math.max(place.x, area.x)
  return across >= graspable.width && place.y >= area.y && place.y + graspable.height <= area.y + area.height
}

function isPlace(found: unknown): found is Place {
  if (typeof found !== 'object' || found === null) return false
  const { x, y, width, height } = found as Record<string, unknown>
  return [x, y].every(Number.isSafeInteger) && [width, height].every((length) => Number.isSafeInteger(length) && (length as number) > 0)
}
