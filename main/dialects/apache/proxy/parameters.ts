import type { Place } from '../config/module.js'
import { duration } from '../core/module.js'

/** What `key=value` behind a ProxyPass target says of its worker. Times in milliseconds; null: not said. */
export interface WorkerParameters {
  readonly retryMs: number
  readonly timeoutMs: number | null
  readonly connectMs: number | null
  readonly upgrade: string
  /** null: not said. */
  readonly reuse: boolean | null
  /** `status=-I` alone makes a worker of a ProxyPass go out of use for `retry` after a failure; else each request tries anew. */
  readonly ignoreErrors: boolean
  readonly disabled: boolean
  /** Time that the origin has for its 100 (`ping=`), and whether it is asked for at all. */
  readonly pingMs: number | null
  /** As written, for what is said about sharing. */
  readonly named: readonly string[]
}

type Mutable = { -readonly [K in keyof WorkerParameters]: WorkerParameters[K] }
type Setter = (into: Mutable, value: string) => void

const on = (value: string): boolean => value.toLowerCase() === 'on'

const setters: Readonly<Record<string, Setter>> = {
  retry: (into, value) => void (into.retryMs = Number.parseInt(value, 10) * 1000),
  timeout: (into, value) => void (into.timeoutMs = Number.parseInt(value, 10) * 1000),
  connectiontimeout: (into, value) => void (into.connectMs = duration(value)),
  ping: (into, value) => void (into.pingMs = duration(value)),
  upgrade: (into, value) => void (into.upgrade = value.toUpperCase() === 'ANY' ? '*' : value),
  disablereuse: (into, value) => void (into.reuse = !on(value)),
  enablereuse: (into, value) => void (into.reuse = on(value)),
  status: (into, value) => status(into, value)
}

/** Say nothing about what is sent or answered here: pool sizes, buffers, flushing. */
const harmless = new Set(
  'keepalive min max smax ttl acquire iobuffersize receivebuffersize flushpackets flushwait flusher addressttl responsefieldsize loadfactor lbset route redirect'.split(
    ' '
  )
)

/** null: something in it is not modelled and changes where a request goes. */
export function parameters(place: Place<unknown, unknown>, words: readonly string[]): WorkerParameters | null {
  const out: Mutable = {
    retryMs: 60_000,
    timeoutMs: null,
    connectMs: null,
    upgrade: '',
    reuse: null,
    ignoreErrors: true,
    disabled: false,
    pingMs: null,
    named: []
  }
  const named: string[] = []
  for (const word of words) {
    const equals = word.indexOf('=')
    if (equals < 0) continue
    const key = word.slice(0, equals).toLowerCase()
    const setter = setters[key]
    if (key === 'mapping') {
      place.say('unsupported-directive', 'warning', `${place.directive.name}: ${word} is not modelled yet.`, { routing: true })
      return null
    }
    named.push(word)
    if (setter !== undefined) setter(out, word.slice(equals + 1))
    else if (!harmless.has(key)) place.say('unsupported-directive', 'warning', `${place.directive.name}: ${word} has no effect here.`)
  }
  out.named = named
  return out
}

function status(into: Mutable, flags: string): void {
  let mode = true
  for (const flag of flags) {
    if (flag === '+' || flag === '-') mode = flag === '+'
    else if (flag === 'I' || flag === 'i') into.ignoreErrors = mode
    else if ('DdSs'.includes(flag)) into.disabled = mode
  }
}
