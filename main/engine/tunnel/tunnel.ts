import type { HalfClose, IdlePolicy, TunnelAccount } from '../../../shared/steps.js'
import { Deadlines, deadlineTickMs } from '../deadlines.js'
import type { Deadline } from '../deadlines.js'
import type { Wire } from '../wire/wire.js'
import { Direction } from './direction.js'
import { letGo } from './let-go.js'
import { Link } from './link.js'
import type { LinkOwner, Stage } from './link.js'
import type { Tap } from './tap.js'

export interface TunnelOptions {
  readonly client: Wire
  readonly origin: Wire
  readonly idle: IdlePolicy
  readonly halfClose: HalfClose
  readonly tap: Tap
  /** Bytes that were read before; the tunnel's own from now on. */
  readonly earlyFromClient: Buffer | null
  readonly earlyFromServer: Buffer | null
  readonly nowUs: () => number
  /** Told once, at the end; never within `openTunnel`. */
  readonly onEnd: (account: TunnelAccount) => void
}

export interface TunnelCounts {
  readonly bytesFromClient: number
  readonly bytesFromServer: number
  readonly framesFromClient: number
  readonly framesFromServer: number
  readonly closeFromClient: number
  readonly closeFromServer: number
}

export interface Tunnel {
  /** Ends it: `now` (default) without a care for what is pending, `fin` behind it, `rst` by a reset. `onEnd` is told within the call. */
  close(how?: 'now' | 'fin' | 'rst'): void
  readonly counts: TunnelCounts
  /** Changes what passes in one direction, from its next frame on. @returns takes the stage away again. */
  addStage(from: 'client' | 'server', stage: Stage): () => void
}

/** Joins two wires: bytes pass untouched, whatever they are, until both sides have ended. */
export function openTunnel(options: TunnelOptions): Tunnel {
  return new JoinedWires(options)
}

/** One wheel for all tunnels. */
const idleDeadlines = new Deadlines()

class JoinedWires implements Tunnel, LinkOwner {
  readonly #up: Link
  readonly #down: Link
  readonly #idle: IdlePolicy
  readonly #halfClose: HalfClose
  readonly #timed: boolean
  readonly #nowUs: () => number
  readonly #onEnd: (account: TunnelAccount) => void
  readonly #deadline: Deadline = idleDeadlines.make()
  readonly #openedAtUs: number
  #lastUs: number
  #endedBy: 'client' | 'server' | null = null
  #clientEnded = false
  #serverEnded = false
  #over = false

  constructor({ client, origin, idle, halfClose, tap, earlyFromClient, earlyFromServer, nowUs, onEnd }: TunnelOptions) {
    this.#idle = idle
    this.#halfClose = halfClose
    this.#timed = idle.ms > 0 || tap.recorder !== null
    this.#nowUs = nowUs
    this.#onEnd = onEnd
    this.#openedAtUs = this.#lastUs = nowUs()
    this.#up = new Link(client, origin, new Direction(tap, 'client'), this)
    this.#down = new Link(origin, client, new Direction(tap, 'server'), this)
    this.#up.opposite = this.#down
    this.#down.opposite = this.#up
    client.owner = this.#up
    origin.owner = this.#down
    if (earlyFromServer !== null) this.#down.early(earlyFromServer)
    if (earlyFromClient !== null) this.#up.early(earlyFromClient)
    this.#armIdle(idle.ms)
    client.resume()
    origin.resume()
    // One that is gone already has told somebody else.
    for (const link of [this.#up, this.#down]) if (link.source.closed) process.nextTick(() => this.sourceClosed(link, null))
  }

  get counts(): TunnelCounts {
    const { direction: up } = this.#up
    const { direction: down } = this.#down
    return {
      bytesFromClient: up.bytes,
      bytesFromServer: down.bytes,
      framesFromClient: up.frames,
      framesFromServer: down.frames,
      closeFromClient: up.closeCode,
      closeFromServer: down.closeCode
    }
  }

  addStage(from: 'client' | 'server', stage: Stage): () => void {
    return (from === 'client' ? this.#up : this.#down).addStage(stage)
  }

  close(how: 'now' | 'fin' | 'rst' = 'now'): void {
    this.#finish('stopped', how)
  }

  // ── for the links ─────────────────────────────────────────────────────────────────────────────

  tick(link: Link): number {
    if (!this.#timed) return 0
    const nowUs = this.#nowUs()
    const { counts } = this.#idle
    if (counts === 'either' || (counts === 'fromClient') === (link === this.#up)) this.#lastUs = nowUs
    return nowUs
  }

  sourceEnded(link: Link): void {
    const side = link === this.#up ? 'client' : 'server'
    if (side === 'client') this.#clientEnded = true
    else this.#serverEnded = true
    this.#endedBy ??= side
    link.sink.end()
    const policy = side === 'client' ? this.#halfClose.fromClient : this.#halfClose.fromServer
    if (policy === 'end') this.#finish(this.#endedBy, 'fin')
  }

  sourceClosed(link: Link, _error: NodeJS.ErrnoException | null): void {
    if (this.#over) return
    this.#endedBy ??= link === this.#up ? 'client' : 'server'
    // Both have ended: the other one closes by itself when what is pending is written.
    if (this.#clientEnded && this.#serverEnded && !link.sink.closed) return
    this.#finish(this.#endedBy, 'fin')
  }

  // ── the end ───────────────────────────────────────────────────────────────────────────────────

  /** Aimed half a tick early, since a deadline fires up to a tick late. */
  #armIdle(ms: number): void {
    if (this.#idle.ms > 0) this.#deadline.set(Math.max(1, ms - deadlineTickMs / 2), () => this.#lookIdle())
  }

  #lookIdle(): void {
    const silentMs = (this.#nowUs() - this.#lastUs) / 1000
    if (silentMs >= this.#idle.ms - deadlineTickMs / 2) this.#finish('idle', 'fin')
    else this.#armIdle(this.#idle.ms - silentMs)
  }

  #finish(endedBy: TunnelAccount['endedBy'], how: 'now' | 'fin' | 'rst'): void {
    if (this.#over) return
    this.#over = true
    this.#deadline.clear()
    const endedAtUs = this.#nowUs()
    for (const { direction, source } of [this.#up, this.#down]) {
      direction.close(endedAtUs)
      letGo(source, how, idleDeadlines)
    }
    this.#onEnd({ openedAtUs: this.#openedAtUs, ...this.counts, endedBy })
  }
}
