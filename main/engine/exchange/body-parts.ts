import { open } from 'node:fs/promises'
import type { FileHandle } from 'node:fs/promises'
import type { BodyPart, FileRange } from '../../../shared/steps.js'
import type { FramedOutput } from './framed-output.js'

const readBytes = 65_536

/** The body of an answer from here: bytes and stretches of files, written as fast as the client takes them. */
export class BodyParts {
  readonly #parts: readonly BodyPart[]
  readonly #output: FramedOutput
  readonly #done: (fault: Error | null) => void
  #stopped = false
  #resume: (() => void) | null = null

  constructor(parts: readonly BodyPart[], output: FramedOutput, done: (fault: Error | null) => void) {
    this.#parts = parts
    this.#output = output
    this.#done = done
  }

  start(): void {
    if (this.#parts.every((part) => part instanceof Uint8Array)) {
      for (const part of this.#parts) this.#give(part)
      return this.#done(null)
    }
    this.#writeAll().then(
      () => this.#stopped || this.#done(null),
      (thrown: unknown) => this.#stopped || this.#done(thrown as Error)
    )
  }

  /** The client took what was pending. */
  drained(): void {
    this.#resume?.()
  }

  stop(): void {
    this.#stopped = true
    this.#resume?.()
  }

  #give(part: Uint8Array): void {
    // Shared by every answer that is the same; nobody writes to it, so it need not be copied.
    const bytes = Buffer.from(part.buffer, part.byteOffset, part.length)
    this.#output.take(bytes, 0, bytes.length, null)
  }

  async #writeAll(): Promise<void> {
    for (const part of this.#parts) {
      if (this.#stopped) return
      if (part instanceof Uint8Array) this.#give(part)
      else await this.#writeFile(part)
    }
  }

  async #writeFile(range: FileRange): Promise<void> {
    const file = await open(range.path, 'r')
    try {
      await this.#copy(file, range)
    } finally {
      await file.close()
    }
  }

  async #copy(file: FileHandle, range: FileRange): Promise<void> {
    let at = range.fromByte
    const end = range.fromByte + range.bytes
    while (at < end && !this.#stopped) {
      const buffer = Buffer.allocUnsafeSlow(Math.min(readBytes, end - at))
      const { bytesRead } = await file.read(buffer, 0, buffer.length, at)
      if (bytesRead === 0) throw new Error(`${range.path} became shorter while it was sent`)
      at += bytesRead
      if (this.#stopped) return
      this.#output.take(buffer, 0, bytesRead, null)
      if (this.#output.pending) await new Promise<void>((resolve) => (this.#resume = resolve))
      this.#resume = null
    }
  }
}
