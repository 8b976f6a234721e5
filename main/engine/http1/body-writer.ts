import { SwitchyardError } from '../../../shared/errors.js'
import type { Fields } from '../../../shared/fields.js'
import type { BodyFraming } from '../../../shared/heads.js'
import { fieldLines } from './serialise.js'

/**
 * Frames a body on its way out (RFC 9112 §6, §7). It makes only the text around the stretches, so that whoever writes
 * can send the bytes from where they stand: `before(n)`, n bytes, `after`, and `end()` at the end.
 */
export class BodyWriter {
  readonly #framing: BodyFraming
  /** What goes behind each stretch. */
  readonly after: '\r\n' | ''
  /** Bytes of the body so far, without framing. */
  bytes = 0

  constructor(framing: BodyFraming) {
    this.#framing = framing
    this.after = framing.kind === 'chunked' ? '\r\n' : ''
  }

  /** Whether the body may end here: not before the length that the head said. */
  get whole(): boolean {
    return this.#framing.kind !== 'length' || this.bytes === this.#framing.bytes
  }

  /** How many of `bytes` more still belong to the body that the head promised. */
  fits(bytes: number): number {
    if (this.#framing.kind === 'none') return 0
    return this.#framing.kind === 'length' ? Math.min(bytes, this.#framing.bytes - this.bytes) : bytes
  }

  /** @returns latin1 text that goes before a stretch of `bytes` > 0. @throws SwitchyardError `internal` where they do not fit. */
  before(bytes: number): string {
    if (bytes <= 0 || this.fits(bytes) < bytes)
      throw new SwitchyardError('internal', `A stretch of ${bytes} bytes does not fit the body's framing.`)
    this.bytes += bytes
    return this.#framing.kind === 'chunked' ? `${bytes.toString(16)}\r\n` : ''
  }

  /** @returns latin1 text that ends the body; trailers go with a chunked one alone. Ask `whole` first. */
  end(trailers: Fields = []): string {
    return this.#framing.kind === 'chunked' ? `0\r\n${fieldLines(trailers)}\r\n` : ''
  }
}
