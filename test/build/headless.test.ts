import { describe, expect, it } from 'vitest'
// @ts-expect-error build/ is plain JavaScript, since it runs before anything is installed
import { optionOfServe, whyHeadless } from '../../build/headless.mjs'

describe('whyHeadless', () => {
  it.each([
    ['a Linux without a display', {}, 'linux', 1000, 'there is no display'],
    [
      'root, whom Chromium gives no sandbox',
      { DISPLAY: ':0' },
      'linux',
      0,
      'Chromium has no sandbox when run as root (npm start -- --window opens the window all the same)'
    ],
    ['X11', { DISPLAY: ':0' }, 'linux', 1000, null],
    ['Wayland', { WAYLAND_DISPLAY: 'wayland-0' }, 'linux', 1000, null],
    ['macOS', {}, 'darwin', 501, null]
  ])('%s', (_name, environment, platform, userId, reason) => {
    expect(whyHeadless(environment, platform, userId, () => true)).toBe(reason)
  })

  it('a Linux that has no user namespaces', () => {
    expect(whyHeadless({ DISPLAY: ':0' }, 'linux', 1000, () => false)).toMatch(/no sandbox/)
  })
})

describe('optionOfServe', () => {
  it.each([
    [[], null],
    [['site.conf', '--data', '/tmp/x'], null],
    [['--data=/tmp/x', 'a.conf', 'b.conf'], null],
    [['site.conf', '--listen=8080'], '--listen=8080'],
    [['-D', 'PRODUCTION', 'site.conf'], '-D']
  ])('%j', (words, option) => {
    expect(optionOfServe(words)).toBe(option)
  })
})
