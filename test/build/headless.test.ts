import { describe, expect, it } from 'vitest'
// @ts-expect-error build/ is plain JavaScript, since it runs before anything is installed
import { whyHeadless } from '../../build/headless.mjs'

describe('whyHeadless', () => {
  it.each([
    ['a Linux without a display', {}, 'linux', 1000, 'there is no display'],
    ['root, whom Chromium gives no sandbox', { DISPLAY: ':0' }, 'linux', 0, 'Chromium has no sandbox when run as root'],
    ['X11', { DISPLAY: ':0' }, 'linux', 1000, null],
    ['Wayland', { WAYLAND_DISPLAY: 'wayland-0' }, 'linux', 1000, null],
    ['macOS', {}, 'darwin', 501, null]
  ])('%s', (_name, environment, platform, userId, reason) => {
    expect(whyHeadless(environment, platform, userId)).toBe(reason)
  })
})
