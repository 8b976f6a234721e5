// Whether a window can be opened here at all.
import { spawnSync } from 'node:child_process'

/** Why there will be no window, as the end of the sentence `Headless, since …`; null where a window can be opened. */
export function whyHeadless(
  environment = process.env,
  platform = process.platform,
  userId = process.getuid?.(),
  hasSandbox = namespacesAreUsable
) {
  if (platform !== 'linux') return null
  if (!environment.DISPLAY && !environment.WAYLAND_DISPLAY) return 'there is no display'
  if (userId === 0) return 'Chromium has no sandbox when run as root (npm start -- --window opens the window all the same)'
  if (!hasSandbox()) return 'this system lets Chromium have no sandbox (user namespaces are off)'
  return null
}

/** What Chromium's sandbox is made of, where its setuid helper is not installed. */
function namespacesAreUsable() {
  const { status, error } = spawnSync('unshare', ['--user', 'true'], { stdio: 'ignore' })
  return error !== undefined || status === 0
}

/**
 * The first word that is an option of `serve`, which the app does not have; null where there is none. A config and `--data`
 * are both's.
 */
export function optionOfServe(words) {
  return words.find((word, at) => word.startsWith('-') && !/^--data(=|$)/.test(word) && words[at - 1] !== '--data') ?? null
}
