import { describe, expect, it } from 'vitest'
import { groupsFound } from '../../../renderer/frame/palette/found.js'
import type { Findable } from '../../../renderer/frame/palette/found.js'

function item(title: string, changes: Partial<Findable> = {}): Findable {
  return { key: title, group: 'Actions', title, icon: 'right', run: () => {}, ...changes }
}
/** `Actions: Start, Stop` */
function found(query: string, all: readonly Findable[], used: readonly string[] = []): string[] {
  return groupsFound(query, all, used).map(({ name, found }) => `${name}: ${found.map(({ title }) => title).join(', ')}`)
}

describe('what is found', () => {
  const all = [
    item('Start'),
    item('Stop'),
    item('/ws/', { group: 'Routes', more: 'ws://app-01:3000/ws/, *:443' }),
    item('Theme', { group: 'Settings', alias: 'colour dark' })
  ]

  it('stands in groups, the one with the best first', () => {
    expect(found('', all)).toEqual(['Actions: Start, Stop', 'Routes: /ws/', 'Settings: Theme'])
    expect(found('ws', all)).toEqual(['Routes: /ws/'])
    expect(found('st', all)).toEqual(['Actions: Stop, Start'])
  })
  it('may be meant by letters of its title, or by words of what else is said of it', () => {
    expect(found('thm', all)).toEqual(['Settings: Theme'])
    expect(found('dark colour', all)).toEqual(['Settings: Theme'])
    expect(found('app-01', all)).toEqual(['Routes: /ws/'])
    expect(found('drk', all)).toEqual([])
  })
  it('is not what has the letters here and there: every long sentence has', () => {
    const sentence = item('The certificate of this host does not stand on this machine', { group: 'Problems' })
    expect(found('stop', [sentence, item('Stop')])).toEqual(['Actions: Stop'])
    expect(found('host', [sentence])).toEqual([`Problems: ${sentence.title}`])
  })
  it('is eight a group at most, those of the best score', () => {
    const many = Array.from({ length: 20 }, (_, at) => item(`Setting ${at}`, { group: 'Settings' }))
    expect(groupsFound('', [...many, item('Stop')], []).map(({ found }) => found.length)).toEqual([8, 1])
    expect(groupsFound('setting 19', many, [])[0]?.found[0]?.title).toBe('Setting 19')
  })
  it('begins with what was used last, where no text says what is better', () => {
    expect(found('', all, ['Theme', 'Stop'])).toEqual(['Settings: Theme', 'Actions: Stop, Start', 'Routes: /ws/'])
    expect(found('start', all, ['Stop'])).toEqual(['Actions: Start'])
  })
})
