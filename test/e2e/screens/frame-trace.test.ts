import { expect, it } from 'vitest'
import { frameRate } from './frame-trace.js'
import type { TraceEvent } from './frame-trace.js'

const reporter = (frame: number, state: string, page = 1): TraceEvent => ({
  name: 'PipelineReporter',
  ph: 'b',
  pid: 7,
  ts: frame * 16_667,
  args: { frame_reporter: { state: `STATE_${state}`, frame_sequence: frame, layer_tree_host_id: page } }
})

it('counts a frame once, as the best that became of it, and none that had nothing to draw', () => {
  const rate = frameRate([
    reporter(1, 'PRESENTED_ALL'),
    reporter(2, 'NO_UPDATE_DESIRED'),
    reporter(3, 'PRESENTED_ALL'),
    reporter(3, 'NO_UPDATE_DESIRED'),
    reporter(4, 'DROPPED'),
    reporter(5, 'PRESENTED_PARTIAL'),
    reporter(5, 'DROPPED'),
    reporter(1, 'DROPPED', 2)
  ])
  expect(rate).toMatchObject({ whole: 2, partial: 1, dropped: 1, fps: 45 })
  expect(rate.longestMs).toBeCloseTo(33.3, 1)
})
