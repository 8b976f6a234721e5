import { expect, it, vi } from 'vitest'
import { LiveLog } from '../../main/host/live-log.js'
import type { LogEntry } from '../../shared/steps.js'

const entry = (source: LogEntry['source']): LogEntry => ({ level: 'info', source, code: 'x', message: '' })
const atUs = 1e6

it('gathers access lines, and sends them in order before what went wrong', () => {
  vi.useFakeTimers()
  const sent: string[][] = []
  const log = new LiveLog((lines) => sent.push(lines.map(({ source }) => source)))
  log.tell(entry('access'), atUs, 1, 1)
  log.tell(entry('access'), atUs, 1, 1)
  expect(sent).toEqual([])
  log.tell(entry('server'), atUs, 1, 1)
  expect(sent).toEqual([['access', 'access', 'server']])
  log.tell(entry('access'), atUs, 1, 1)
  vi.runAllTimers()
  expect(sent[1]).toEqual(['access'])
  vi.useRealTimers()
})

it('tells 200 lines a second, and goes on in the next', () => {
  let sent = 0
  const log = new LiveLog((lines) => (sent += lines.length))
  for (let i = 0; i < 500; i++) log.tell(entry('server'), 5e6, 1, 1)
  expect(sent).toBe(200)
  log.tell(entry('server'), 6e6, 1, 1)
  expect(sent).toBe(201)
})
