import { type From, fromClient } from '../../../shared/records.js'
import type { FrameTrouble } from '../../../shared/rows.js'
import { isGoodClose } from '../../../shared/went-badly.js'
import { FrameMark, firstByteAt, lengthAt, marksAt } from '../store/run-index.js'
import { deflateParameters } from '../writer/deflate-parameters.js'
import type { LoadedRun, RunLoader } from './run-loader.js'

const [fin, rsv, rsv1] = [0x80, 0x70, 0x40]
const opcodeClose = 8
const isControl = (opcode: number): boolean => opcode >= 8
/** Text and binary begin a message: they alone say whether it is compressed (RFC 7692 §6.1). */
const beginsMessage = (opcode: number): boolean => opcode === 1 || opcode === 2
const isReserved = (opcode: number): boolean => (opcode > 2 && opcode < 8) || opcode > 10

/** Tells what is wrong with single frames of one tunnel, by their headers (RFC 6455 §5) and what became of them. */
export class FrameTroubles {
  readonly #loader: RunLoader
  /** Reserved bits that an extension of this tunnel gave a meaning, in a frame that begins a message and in others. */
  readonly #known: { readonly begins: number; readonly others: number }

  /** @param extensions as the handshake agreed on them */
  constructor(extensions: string, loader: RunLoader) {
    this.#loader = loader
    this.#known = knownBits(extensions)
  }

  /** Of a whole run: one byte a frame, 1 where something is wrong. */
  match(run: LoadedRun): Uint8Array {
    return Uint8Array.from({ length: run.count }, (_, at) => (this.of(run, at) === null ? 0 : 1))
  }

  of(run: LoadedRun, at: number): FrameTrouble | null {
    const first = firstByteAt(run.words, at)
    const marks = marksAt(run.words, at)
    const opcode = first & 15
    return (
      this.#inHeader(first, lengthAt(run.words, at)) ??
      // Its mask may be what never came.
      ((marks & FrameMark.incomplete) !== 0 ? 'unfinished' : null) ??
      inMask(run.side, (marks & FrameMark.masked) !== 0) ??
      ((marks & FrameMark.inflateBroken) !== 0 ? 'inflate' : null) ??
      (opcode === opcodeClose && this.#closesBadly(run, at) ? 'closeCode' : null)
    )
  }

  #inHeader(first: number, length: number): FrameTrouble | null {
    const opcode = first & 15
    if (isReserved(opcode)) return 'reservedOpcode'
    const known = beginsMessage(opcode) ? this.#known.begins : this.#known.others
    if ((first & rsv & ~known) !== 0) return 'reservedBits'
    if (!isControl(opcode)) return null
    if ((first & fin) === 0) return 'fragmentedControl'
    return length > 125 ? 'longControl' : null
  }

  /** A Close frame may have no code; one that has says what went wrong, or that nothing did (RFC 6455 §5.5.1, §7.4.1). */
  #closesBadly(run: LoadedRun, at: number): boolean {
    const { payload } = this.#loader.content(run, at)
    return payload.length > 0 && (payload.length === 1 || !isGoodClose(payload.readUInt16BE(0)))
  }
}

/** A client masks every frame, a server none (RFC 6455 §5.1). */
function inMask(side: From, masked: boolean): FrameTrouble | null {
  if (side === fromClient) return masked ? null : 'unmasked'
  return masked ? 'masked' : null
}

/** What another extension than permessage-deflate makes of the bits is not known here: none is wrong then. */
function knownBits(extensions: string): { begins: number; others: number } {
  const names = extensions
    .split(',')
    .map((extension) => (extension.split(';')[0] ?? '').trim().toLowerCase())
    .filter((name) => name !== '')
  if (names.some((name) => name !== 'permessage-deflate')) return { begins: rsv, others: rsv }
  return { begins: deflateParameters(extensions) === null ? 0 : rsv1, others: 0 }
}
