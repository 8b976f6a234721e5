// Whether a window can be opened here at all.

/** Why there will be no window, as the end of the sentence `Headless, since …`; null where a window can be opened. */
export function whyHeadless(environment = process.env, platform = process.platform, userId = process.getuid?.()) {
  if (platform !== 'linux') return null
  if (!environment.DISPLAY && !environment.WAYLAND_DISPLAY) return 'there is no display'
  if (userId === 0) return 'Chromium has no sandbox when run as root'
  return null
}
