import { expect, it } from 'vitest'
import { Notices } from '../../../renderer/state/notices.svelte.js'

/** All that wait, in their order. */
function texts(notices: Notices): string[] {
  const said: string[] = []
  for (; notices.current !== null; notices.close()) said.push(notices.current.text)
  return said
}

it('what was said of an action goes when it is tried again, wherever it stands', () => {
  const notices = new Notices()
  notices.show({ text: 'Saved.', about: 'save' })
  notices.show({ text: 'Not applied.', tone: 'error', about: 'apply' })
  notices.show({ text: 'Nobody asked.' })
  notices.done('apply')
  notices.done('delete')
  expect(texts(notices)).toEqual(['Saved.', 'Nobody asked.'])
})

it('of one action, the newest notice holds; the same words twice are one', () => {
  const notices = new Notices()
  notices.error(new Error('Not applied: line 3.'), 'apply')
  notices.show({ text: 'Nobody asked.', tone: 'error' })
  notices.show({ text: 'Applied.', about: 'apply' })
  notices.show({ text: 'Nobody asked.', tone: 'error' })
  expect(texts(notices)).toEqual(['Applied.', 'Nobody asked.'])
})

it('what is told while an error stays goes before it, another error as well', () => {
  const notices = new Notices()
  notices.error(new Error('Not applied.'))
  notices.error(new Error('Not saved.'))
  expect(notices.current?.text).toBe('Not saved.')
  notices.show({ text: 'Copied.' })
  notices.show({ text: 'Exported.' })
  expect(texts(notices)).toEqual(['Copied.', 'Exported.', 'Not saved.', 'Not applied.'])
})

it('an action that fails is told of until it is tried again', async () => {
  const notices = new Notices()
  await notices.attempt('apply', () => Promise.reject(new Error('Not applied.')))
  expect(notices.current).toMatchObject({ text: 'Not applied.', tone: 'error' })
  let during: unknown
  await notices.attempt('apply', () => (during = notices.current))
  expect([during, notices.current]).toEqual([null, null])
})

it('what went wrong with an action goes when it is mended; what went well is still so', () => {
  const notices = new Notices()
  notices.show({ text: 'Saved copy.conf.', about: 'save' })
  notices.mended('save')
  expect(texts(notices)).toEqual(['Saved copy.conf.'])
  notices.error(new Error('Not saved.'), 'save')
  notices.mended('save')
  expect(texts(notices)).toEqual([])
})
