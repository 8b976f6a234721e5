import { describe, expect, it } from 'vitest'
import { hasMember, listMembers } from '../../shared/fields.js'

const fields = ['Connection', 'keep-alive, Upgrade', 'Host', 'a', 'connection', ' , Close']

describe('hasMember', () => {
  it.each(['keep-alive', 'upgrade', 'close'])('finds %s in any line and case', (member) => {
    expect(hasMember(fields, 'connection', member)).toBe(true)
  })
  it.each(['alive', 'keep', '', 'a'])('does not find %j, which is a part or of another name', (member) => {
    const there = listMembers(fields, 'connection').some((one) => one.toLowerCase() === member)
    expect([there, hasMember(fields.slice(0, 4), 'connection', member)]).toEqual([false, false])
  })
  it('takes a single member as it stands', () => {
    expect(hasMember(['Connection', 'CLOSE'], 'connection', 'close')).toBe(true)
  })
})
