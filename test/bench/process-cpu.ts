import { execFileSync } from 'node:child_process'
import { readdirSync, readFileSync } from 'node:fs'

const ticksPerSecond = Number(execFileSync('getconf', ['CLK_TCK']).toString()) || 100

/** CPU time that a process tree has used, in seconds, by process. */
export type CpuSample = ReadonlyMap<number, ProcessCpu>

interface ProcessCpu {
  /** utime + stime of the whole process, ended threads and waited-for children too; a hundredth of a second at best. */
  readonly ticksS: number
  /** Time on a CPU by live thread: nanoseconds, so exact over a short measurement. */
  readonly threadsS: ReadonlyMap<string, number>
}

/** Samples a process and all its descendants. On loopback a process's figure holds the delivery of what it sends, too. */
export function sampleCpu(root: number): CpuSample {
  const sample = new Map<number, ProcessCpu>()
  for (const pid of treeOf(root)) {
    const stat = statOf(pid)
    if (stat) sample.set(pid, { ticksS: stat.ticks / ticksPerSecond, threadsS: threadTimes(pid) })
  }
  return sample
}

/** Seconds of CPU between two samples. */
export function cpuBetween(before: CpuSample, after: CpuSample): number {
  let seconds = 0
  for (const [pid, now] of after) seconds += processBetween(before.get(pid), now)
  return seconds
}

/** By nanoseconds while no thread has ended in between, since an ended one takes its nanoseconds with it; else by ticks. */
function processBetween(before: ProcessCpu | undefined, now: ProcessCpu): number {
  const ticks = now.ticksS - (before?.ticksS ?? 0)
  const ended = [...(before?.threadsS.keys() ?? [])].some((thread) => !now.threadsS.has(thread))
  return ended || now.threadsS.size === 0 ? ticks : sum(now.threadsS) - sum(before?.threadsS ?? new Map())
}

const sum = (times: ReadonlyMap<string, number>) => [...times.values()].reduce((total, one) => total + one, 0)

function threadTimes(pid: number): Map<string, number> {
  const times = new Map<string, number>()
  for (const thread of list(`/proc/${pid}/task`)) {
    const nanoseconds = Number(read(`/proc/${pid}/task/${thread}/schedstat`).split(' ')[0])
    if (nanoseconds > 0) times.set(thread, nanoseconds / 1e9)
  }
  return times
}

function treeOf(root: number): number[] {
  const children = new Map<number, number[]>()
  for (const pid of list('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map(Number)) {
    const parent = statOf(pid)?.parent
    if (parent !== undefined) children.set(parent, [...(children.get(parent) ?? []), pid])
  }
  const tree = [root]
  for (const pid of tree) tree.push(...(children.get(pid) ?? []))
  return tree
}

/** The fields after the command's name, which may hold anything (proc(5)). */
function statOf(pid: number): { parent: number; ticks: number } | null {
  const text = read(`/proc/${pid}/stat`)
  const fields = text.slice(text.lastIndexOf(')') + 2).split(' ')
  if (text === '') return null
  return { parent: Number(fields[1]), ticks: [11, 12, 13, 14].reduce((total, i) => total + Number(fields[i]), 0) }
}

/** '' and [] where a process has gone in between. */
function read(path: string): string {
  try {
    return readFileSync(path, 'utf8')
  } catch {
    return ''
  }
}

function list(path: string): string[] {
  try {
    return readdirSync(path)
  } catch {
    return []
  }
}
