import { expect } from 'vitest'
import type { HeadFault, RequestHead } from '../../shared/heads.js'
import type { Arrival, Exchange, ListenerSpec } from '../../shared/site.js'
import type { Outcome, Step } from '../../shared/steps.js'

/** A part of a step that a line of a playbook cares for: `do` always, the rest as far as it matters to the story. */
export type ExpectedStep = { readonly do: Step['do'] } & Readonly<Record<string, unknown>>
/** What came to pass, what must be done about it, and, where time passed before it, how much. */
export type Line = readonly [outcome: Outcome, expected: ExpectedStep, afterMs?: number]

/** When every playbook begins, in µs since the epoch: it repeats exactly. */
export const beginsAtUs = 1_700_000_000_000_000

/** Plays a whole story: tells each outcome in its turn and holds the step against what is expected. @returns the last step */
export function play(exchange: Exchange, lines: readonly Line[], startMs = 0): Step {
  let atUs = beginsAtUs + startMs * 1000
  let step: Step | null = null
  lines.forEach(([outcome, expected, afterMs = 0], i) => {
    atUs += afterMs * 1000
    step = exchange.next(outcome, atUs)
    expect(step, `line ${i + 1}: after ${outcome.was}`).toMatchObject(expected)
  })
  if (step === null) throw new Error('a playbook without lines')
  return step
}

/** As the engine's gate: what stands between a step and its doing. */
export type Gate = (exchange: number, step: Step) => Step | Promise<Step>

/**
 * One move of the engine with a gate: the step that would be done. A head `asReceived` is filled in before the gate
 * sees it, as the engine does.
 */
export async function moveThroughGate(exchange: Exchange, outcome: Outcome, gate: Gate): Promise<Step> {
  const step = exchange.next(outcome, beginsAtUs)
  return gate(1, filledIn(step, outcome))
}

function filledIn(step: Step, outcome: Outcome): Step {
  return 'head' in step && step.head === 'asReceived' && outcome.was === 'head' ? ({ ...step, head: outcome.head } as Step) : step
}

/** A request as it arrives on the first listener, from 192.0.2.7. */
export function arrivalOn(listener: ListenerSpec, more: Partial<Arrival> = {}): Arrival {
  return {
    listener,
    address: listener.address,
    port: listener.port,
    client: { address: '192.0.2.7', port: 50_000 },
    tls: null,
    connection: 1,
    request: 1,
    chance: () => 0.5,
    ...more
  }
}

/** A head from its text, for stories: lines as written, no checks (the wire layer has those). */
export function requestOf(text: string): RequestHead {
  const [line, ...rest] = linesOf(text)
  const [method, target, version] = (line as string).split(' ') as [string, string, string]
  return { method, target, version, fields: fieldsOf(rest) }
}

export function faultOf(fault: HeadFault['fault'], more: Partial<HeadFault> = {}): HeadFault {
  return { fault, on: '', ...more }
}

export function fieldsOf(lines: readonly string[]): string[] {
  return lines.flatMap((line) => [line.slice(0, line.indexOf(':')), line.slice(line.indexOf(':') + 1).trim()])
}

export function linesOf(text: string): string[] {
  return text
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '')
}

/** The opening handshake of RFC 6455 §1.2, as its client sends it. */
export function handshake(target: string, ...more: string[]): RequestHead {
  return requestOf(`GET ${target} HTTP/1.1
    Host: server.example.com
    Upgrade: websocket
    Connection: Upgrade
    Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==
    Sec-WebSocket-Version: 13
    ${more.join('\n')}`)
}
