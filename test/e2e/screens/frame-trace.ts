import type { Browser } from 'playwright-core'

/** What became of the frames of a stretch of time, by Chromium's own account. */
export interface FrameRate {
  readonly seconds: number
  /** With all that was to be drawn, and with some of it: the compositor scrolled, what the page draws came later. */
  readonly whole: number
  readonly partial: number
  readonly dropped: number
  /** Frames a second while something was to be drawn. */
  readonly fps: number
  /** Longest from one frame to the next where one was dropped between them. */
  readonly longestMs: number
}

export interface TraceEvent {
  readonly name: string
  readonly ph: string
  readonly pid: number
  /** µs */
  readonly ts: number
  readonly args?: { readonly frame_reporter?: Reporter }
}
interface Reporter {
  readonly state: string
  readonly frame_sequence: number
  readonly layer_tree_host_id: number
}
type Fate = 'whole' | 'partial' | 'dropped' | 'idle'
interface Frame {
  readonly atUs: number
  readonly fate: Fate
}

/** Nothing else: a trace of everything costs as much as what is traced. */
const categories = ['disabled-by-default-devtools.timeline.frame']
const displayHz = 60
/** Best first: a frame is what the best of its reporters is. */
const fates: readonly Fate[] = ['whole', 'partial', 'dropped', 'idle']
const fateOf: Readonly<Record<string, Fate>> = {
  STATE_PRESENTED_ALL: 'whole',
  STATE_PRESENTED_PARTIAL: 'partial',
  STATE_DROPPED: 'dropped',
  STATE_NO_UPDATE_DESIRED: 'idle'
}

/** Traces a page while work goes on. */
export async function traceFrames(browser: Browser, work: () => Promise<void>): Promise<FrameRate> {
  const session = await browser.newBrowserCDPSession()
  const events: TraceEvent[] = []
  session.on('Tracing.dataCollected', ({ value }) => void events.push(...(value as unknown as TraceEvent[])))
  await session.send('Tracing.start', {
    transferMode: 'ReportEvents',
    traceConfig: { includedCategories: categories, excludedCategories: ['*'] }
  })
  await work()
  const complete = new Promise((resolve) => session.once('Tracing.tracingComplete', resolve))
  await session.send('Tracing.end')
  await complete
  await session.detach()
  return frameRate(events)
}

/**
 * Every refresh of the display (60 a second) has a `PipelineReporter`, or several where the compositor's part and the page's came apart,
 * and each ends in a state: presented, dropped, or nothing to draw. The last kind counts neither way: a list that gets new rows 20 times a
 * second is no list at 20 fps. So the rate is 60 times the share of presented ones among those that had something to draw.
 */
export function frameRate(events: readonly TraceEvent[]): FrameRate {
  const frames = framesOf(events)
  const of = (fate: Fate): number => frames.filter((frame) => frame.fate === fate).length
  const [whole, partial, dropped] = [of('whole'), of('partial'), of('dropped')]
  const [first, last] = [frames[0], frames.at(-1)]
  return {
    seconds: ((last?.atUs ?? 0) - (first?.atUs ?? 0)) / 1e6,
    whole,
    partial,
    dropped,
    fps: (displayHz * (whole + partial)) / (whole + partial + dropped),
    longestMs: longestGapMs(frames)
  }
}

/** Of the page that drew most: the browser's own windows have reporters, too. */
function framesOf(events: readonly TraceEvent[]): readonly Frame[] {
  const pages = new Map<string, Map<number, Frame>>()
  for (const { name, ph, pid, ts, args } of events) {
    const reporter = args?.frame_reporter
    if (name !== 'PipelineReporter' || ph !== 'b' || reporter === undefined) continue
    const key = `${pid}/${reporter.layer_tree_host_id}`
    const frames = pages.get(key) ?? new Map<number, Frame>()
    pages.set(key, frames)
    const before = frames.get(reporter.frame_sequence)
    const fate = fateOf[reporter.state] ?? 'dropped'
    frames.set(reporter.frame_sequence, { atUs: Math.min(before?.atUs ?? ts, ts), fate: better(before?.fate ?? fate, fate) })
  }
  const [most] = [...pages.values()].sort((a, b) => b.size - a.size)
  return [...(most?.values() ?? [])].sort((a, b) => a.atUs - b.atUs)
}
function better(a: Fate, b: Fate): Fate {
  return fates.indexOf(a) < fates.indexOf(b) ? a : b
}

function longestGapMs(frames: readonly Frame[]): number {
  let longest = 0
  let presentedAtUs: number | null = null
  let dropped = false
  for (const { atUs, fate } of frames) {
    if (fate === 'dropped') dropped = true
    if (fate !== 'whole' && fate !== 'partial') continue
    if (dropped && presentedAtUs !== null) longest = Math.max(longest, (atUs - presentedAtUs) / 1000)
    presentedAtUs = atUs
    dropped = false
  }
  return longest
}
