import type { ResponseHead } from '../../../shared/heads.js'
import type { Failure } from '../../../shared/steps.js'
import type { Wire } from '../wire/wire.js'

/** Who asked, and hears of it. */
export interface AttemptOwner {
  /** A head of the origin. What it decides (`relayBody`, `takeOver`, `drop`, nothing yet) may come now or later. */
  originHead(head: ResponseHead): void
  originFailed(failure: Failure): void
  /** The request's body goes out from now on: what is held of it is asked for. */
  bodyWanted(): void
  /** All of it is written. */
  bodySent(): void
  /** The answer's body, once it is relayed. */
  bodyPart(bytes: Buffer, start: number, end: number, borrowed: Wire | null): void
  bodyEnded(): void
  bodyCutShort(failure: Failure): void
  /** All that was read at once has been told. */
  flush(): void
  /** The origin holds back what the client sends, or no longer. */
  pauseClient(paused: boolean): void
  /** Whether the client is slow to take what the origin says. */
  clientIsSlow(): boolean
}
