import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'

/**
 * When a process began, as a text that only has to differ between two processes of the same id; null where no such
 * process runs. Empty where the system does not tell (Windows): then the id alone must do.
 */
export function processStart(pid: number): string | null {
  if (!isAlive(pid)) return null
  if (process.platform === 'linux') return linuxStart(pid)
  return process.platform === 'win32' ? '' : psStart(pid)
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch (thrown) {
    // Somebody else's process is a process, too.
    return (thrown as NodeJS.ErrnoException).code === 'EPERM'
  }
}

/** Ticks since the machine started (proc(5), field 22), with the id of that start. */
function linuxStart(pid: number): string | null {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'latin1')
    // The name, in parentheses, may contain anything: count from behind it. Field 3 is the first there; a zombie is no process.
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
    if (fields[0] === 'Z' || fields[0] === 'X') return null
    return `${readFileSync('/proc/sys/kernel/random/boot_id', 'latin1').trim()} ${fields[19] ?? ''}`
  } catch {
    return null
  }
}

function psStart(pid: number): string | null {
  try {
    return execFileSync('ps', ['-o', 'lstart=', '-p', String(pid)], { encoding: 'latin1' }).trim()
  } catch {
    return null
  }
}
