import { FrameMark, firstByteAt, inflatedAt, lengthAt, marksAt } from '../store/run-index.js'
import type { ExchangeRow } from '../store/exchange-row.js'
import type { LoadedRun, RunLoader } from './run-loader.js'

/** `{ "type": "ping" }`, with room between its parts. */
const longestBytes = 32
const fin = 0x80
const [text, binary, ping, pong] = [1, 2, 9, 10]
const pingObject = /^\s*\{\s*"type"\s*:\s*"p[io]ng"\s*\}\s*$/

type Spoken = Pick<ExchangeRow, 'target' | 'subprotocol'>

/**
 * Tells the frames that only keep a tunnel open: ping and pong (RFC 6455 §5.5.2), `{"type":"ping"}` as graphql-ws sends it, and what
 * means nothing else where it is spoken: `2` and `3` of Engine.IO, PINGREQ and PINGRESP of MQTT.
 */
export class Heartbeats {
  readonly #loader: RunLoader
  readonly #engineIo: boolean
  readonly #mqtt: boolean

  constructor({ target, subprotocol }: Spoken, loader: RunLoader) {
    this.#loader = loader
    // Each client of Engine.IO names its version so, each of MQTT its subprotocol (MQTT 5 §6).
    this.#engineIo = /[?&]EIO=\d/.test(target)
    this.#mqtt = /^mqtt/i.test(subprotocol)
  }

  has(run: LoadedRun, at: number): boolean {
    const { words } = run
    const first = firstByteAt(words, at)
    if ((first & fin) === 0) return false
    const opcode = first & 15
    if (opcode === ping || opcode === pong) return true
    if (opcode !== text && !(opcode === binary && this.#mqtt)) return false
    const compressed = (marksAt(words, at) & FrameMark.compressed) !== 0
    const length = compressed ? inflatedAt(words, at) : lengthAt(words, at)
    // Most frames are longer: their payload is not looked at.
    if (length === 0 || length > longestBytes) return false
    const content = this.#loader.content(run, at)
    const said = compressed ? content.text : content.payload
    return opcode === text ? this.#isPing(said.toString('latin1')) : isMqttPing(said)
  }

  #isPing(said: string): boolean {
    return (this.#engineIo && (said === '2' || said === '3')) || pingObject.test(said)
  }
}

/** A fixed header alone: its type in the upper half, no remaining length (MQTT 5 §3.12, §3.13). */
function isMqttPing(said: Buffer): boolean {
  return said.length === 2 && (said[0] === 0xc0 || said[0] === 0xd0) && said[1] === 0
}
