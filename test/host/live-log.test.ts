import { expect, it, vi } from 'vitest'
import { LiveLog, type LogLine } from '../../main/host/live-log.js'

const line = (source: LogLine['source'], atUs = 1e6): LogLine => ({
  level: 'info',
  source,
  code: 'x',
  message: '',
  atUs,
  exchange: 1,
  connection: 1
})

it('gathers access lines, and sends them in order before what went wrong', () => {
  vi.useFakeTimers()
  const sent: string[][] = []
  const log = new LiveLog((lines) => sent.push(lines.map(({ source }) => source)))
  log.tell(line('access'))
  log.tell(line('access'))
  expect(sent).toEqual([])
  log.tell(line('server'))
  expect(sent).toEqual([['access', 'access', 'server']])
  log.tell(line('access'))
  vi.runAllTimers()
  expect(sent[1]).toEqual(['access'])
  vi.useRealTimers()
})

it('tells 200 lines a second, and goes on in the next', () => {
  let sent = 0
  const log = new LiveLog((lines) => (sent += lines.length))
  for (let i = 0; i < 500; i++) log.tell(line('server', 5e6))
  expect(sent).toBe(200)
  log.tell(line('server', 6e6))
  expect(sent).toBe(201)
})
