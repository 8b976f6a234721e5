import { expect, it } from 'vitest'
import { UnwrittenTime } from '../../main/host/unwritten-time.js'

it('stretches without writing add up, each once it is over', () => {
  const time = new UnwrittenTime()
  time.writes(true, 5)
  time.writes(false, 10)
  time.writes(false, 20)
  expect(time.ms).toBe(0)
  time.writes(true, 40)
  time.writes(false, 100)
  time.writes(true, 101)
  expect(time.ms).toBe(31)
})

it('a new session lacks what passes from its begin on', () => {
  const time = new UnwrittenTime()
  time.writes(false, 10)
  time.writes(true, 20)
  time.writes(false, 30)
  time.beginAnew(50)
  time.writes(true, 57)
  expect(time.ms).toBe(7)
})
