/** Now, in whole µs since the epoch: the one clock of the engine and the capture. */
export function nowUs(): number {
  return Math.floor((performance.timeOrigin + performance.now()) * 1000)
}
