// The global of the same name is a getter: on the path of every request, the module is cheaper.
import { performance } from 'node:perf_hooks'

/** Now, in whole µs since the epoch: the one clock of the engine and the capture. */
export function nowUs(): number {
  return Math.floor((performance.timeOrigin + performance.now()) * 1000)
}
