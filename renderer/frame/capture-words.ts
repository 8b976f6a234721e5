import type { Status } from '../../shared/contract.js'
import { duration } from '../state/clock.js'

type Capture = NonNullable<Status['capture']>

/** Whether anything is captured just now, and if not, why. What a capture is in trouble with is told by itself. */
export function captureNow({ state, capture }: Pick<Status, 'state' | 'capture'>): {
  readonly tone: 'off' | 'quiet'
  readonly says: string
} {
  if (capture === null) return { tone: 'off', says: 'Not capturing' }
  if (capture.paused) return { tone: 'off', says: 'Paused' }
  return state === 'running' ? { tone: 'quiet', says: 'Capturing' } : { tone: 'off', says: `Not capturing: ${state}` }
}

/** Of a capture in which no record was dropped: that it lacks nothing, or for how long it was not written. null: it is not written just now. */
export function wholeSays({ paused, trouble, unwrittenMs }: Pick<Capture, 'paused' | 'trouble' | 'unwrittenMs'>): {
  readonly whole: boolean
  readonly says: string
  readonly title: string
} | null {
  if (paused || trouble !== null) return null
  if (unwrittenMs === 0) return { whole: true, says: 'nothing missed', title: 'All that passed was captured' }
  const says = `${duration(unwrittenMs * 1000)} not captured`
  return { whole: false, says, title: 'For so long it was paused, or could not be written; traffic was not affected' }
}
