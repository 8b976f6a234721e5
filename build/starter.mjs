// Who started us: `npm start` is npm, often a shell, and this. Where one of them is killed the others are not told, and what
// they started would stay behind with its ports.
import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'

const lookEveryMs = 1000

/** Calls `gone` once when the process that started this one is no more; where a shell of npm's stands between, npm. */
export function whenStarterGone(gone) {
  const parent = process.ppid
  const above = process.env.npm_lifecycle_event === undefined ? null : npmAbove(parent)
  const timer = setInterval(() => {
    if (process.ppid === parent && isAlive(parent) && (above === null || isStill(above, parent))) return
    clearInterval(timer)
    gone()
  }, lookEveryMs)
  timer.unref()
}

/** Where the parent is npm's shell, npm; null where the parent is npm itself, or nobody can say. */
function npmAbove(parent) {
  const facts = factsOf(parent)
  return facts === null || !/^-?(?:.*\/)?(?:sh|bash|dash|zsh|ksh|ash|busybox)$/.test(facts.command) ? null : facts.parent
}

/** On Linux the shell's own word; elsewhere asking costs a process, so it must do that one of that id runs. */
function isStill(above, parent) {
  return process.platform === 'linux' ? factsOf(parent)?.parent === above : isAlive(above)
}

function factsOf(pid) {
  try {
    if (process.platform !== 'linux') return fromPs(execFileSync('ps', ['-o', 'ppid=,comm=', '-p', String(pid)], { encoding: 'utf8' }))
    const [, command, parent] = /^\d+ \((.*)\) \S (\d+)/s.exec(readFileSync(`/proc/${pid}/stat`, 'utf8'))
    return { command, parent: Number(parent) }
  } catch {
    return null
  }
}

function fromPs(line) {
  const [, parent, command] = /^\s*(\d+)\s+(.*?)\s*$/.exec(line)
  return { command, parent: Number(parent) }
}

function isAlive(pid) {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return error.code === 'EPERM'
  }
}
