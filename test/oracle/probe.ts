import type { FrameSpec } from './frames.js'

/** Bytes of a body: text, a filler of some size, or hex. */
export type BodySpec = string | { size: number } | { hex: string }

/** What an opening handshake says; null leaves a field out. */
export interface UpgradeSpec {
  token?: string | string[] | null
  connection?: string | null
  key?: string | null
  version?: string | null
  origin?: string
  protocol?: string
  extensions?: string
}

export interface RequestSpec {
  method?: string
  path?: string
  version?: string
  /** `www.example.test` when not given; null leaves it out. */
  host?: string | null
  headers?: ([name: string, value: string] | [name: string, value: string, times: number])[]
  body?: BodySpec
  chunks?: BodySpec[]
  noLength?: boolean
  upgrade?: true | UpgradeSpec
  act?: string
  /** The whole request as it stands, instead of all of the above. */
  raw?: string
  expect100?: boolean
  /** Frames in the same write as the handshake. */
  early?: FrameSpec[]
}

export type Finish = 'auto' | 'close' | 'fin' | 'rst' | 'wait' | 'settle'
export type FrameMode = 'echo' | 'blast' | 'noecho'

/** One thing that the client does; times in ms. */
export type ProbeStep =
  | { send: RequestSpec }
  | { sendRaw: BodySpec; method?: string }
  | { response: number }
  | { echo: unknown; ms?: number }
  | { recv: number; ms?: number }
  | { frames: FrameSpec[]; mode?: FrameMode; ms?: number }
  | { idle: number }
  | { sleep: number }
  | { half: true }
  | { finish: Finish; ms?: number }

/** One exchange as a case describes it: by steps, or by the short form that `stepsOf` turns into steps. */
export interface Probe extends RequestSpec {
  name: string
  listen?: string
  tls?: boolean
  sni?: string
  alpn?: string[]
  /** Whether it counts how long answers take. */
  timed?: boolean
  /** Requests held open on other connections meanwhile. */
  background?: (RequestSpec & { listen?: string })[]
  steps?: ProbeStep[]
  echo?: boolean
  expectBytes?: number
  recvMs?: number
  frames?: FrameSpec[]
  mode?: FrameMode
  idle?: number
  framesAfter?: FrameSpec[]
  finish?: Finish
  waitMs?: number
  finishMs?: number
  settleMs?: number
  pauseMs?: number
}

export function stepsOf(probe: Probe): ProbeStep[] {
  if (probe.steps) return probe.steps
  const steps: ProbeStep[] = [{ send: probe }, { response: probe.waitMs ?? 0 }]
  if (probe.early && probe.echo !== false) steps.push({ echo: 'early' })
  if (probe.expectBytes) steps.push({ recv: probe.expectBytes, ...withMs(probe.recvMs) })
  if (probe.frames) steps.push({ frames: probe.frames, ...(probe.mode ? { mode: probe.mode } : {}) })
  if (probe.idle) steps.push({ idle: probe.idle })
  if (probe.framesAfter) steps.push({ frames: probe.framesAfter })
  steps.push({ finish: probe.finish ?? 'auto', ...withMs(probe.finishMs) })
  return steps
}

const withMs = (ms: number | undefined) => (ms === undefined ? {} : { ms })
