const lookEveryMs = 1000

/**
 * `npm start` says in SWITCHYARD_STARTER which process runs the command: when that one is killed, nobody is left to stop it.
 * @param gone called once. @returns what ends the watch
 */
export function whenStarterGone(gone: () => void, said = process.env['SWITCHYARD_STARTER']): () => void {
  // One that is not our parent now is of another start, whose environment came down to us.
  if (said === undefined || Number(said) !== process.ppid) return () => {}
  const timer = setInterval(() => {
    if (process.ppid === Number(said) && isAlive(process.ppid)) return
    clearInterval(timer)
    gone()
  }, lookEveryMs)
  timer.unref()
  return () => clearInterval(timer)
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch (thrown) {
    return (thrown as NodeJS.ErrnoException).code === 'EPERM'
  }
}
