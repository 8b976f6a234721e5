import { isatty } from 'node:tty'

/** Tells whether a terminal that this process had when it was made is closed: then a SIGHUP is the terminal's word. */
export class Terminal {
  readonly #had: readonly number[] = [0, 1, 2].filter((descriptor) => isatty(descriptor))

  /** A descriptor of a terminal that hung up is none any more. */
  get hungUp(): boolean {
    return this.#had.some((descriptor) => !isatty(descriptor))
  }
}
