import {
  type AttemptNote,
  type DecisionNote,
  type ExchangeEnd,
  type ExchangeNote,
  type From,
  type GapNote,
  type Stage,
  type TunnelNote,
  fromClient,
  fromServer,
  stageIn,
  stageOut
} from '../../../shared/records.js'
import type { CaptureLimits } from '../limits.js'
import type { CaptureStore } from '../store/capture-store.js'
import { emptyExchange } from '../store/exchange-row.js'
import type { Run } from '../store/run-index.js'
import type { RoutePlace } from './route-places.js'
import { asksForWebSocket, headField, headText, requestLine, statusOf } from '../store/head-text.js'
import { BodyRecorder } from './body-recorder.js'
import { type DeflateParameters, deflateParameters } from './deflate-parameters.js'
import { DirectionRecorder } from './direction-recorder.js'
import { MessageInflater } from './message-inflater.js'
import type { PendingBudget } from './pending-budget.js'
import { RunBuilder } from './run-builder.js'

/** A live row is written again at most this often while nothing but its counts change. */
const liveRowMs = 500

/** One side and stage of an exchange: where its bytes go. */
const slotOf = (side: From, stage: Stage): number => side + 2 * stage

interface Passed {
  readonly frames: number
  readonly bytes: number
}
const nothing: Passed = { frames: 0, bytes: 0 }
const sum = (a: Passed, b: Passed): Passed => ({ frames: a.frames + b.frames, bytes: a.bytes + b.bytes })

/** What the engine counted of one side. */
function countedOf(tunnel: NonNullable<ExchangeEnd['tunnel']>, side: From): Passed {
  return side === fromClient
    ? { frames: tunnel.framesFromClient, bytes: tunnel.bytesFromClient }
    : { frames: tunnel.framesFromServer, bytes: tunnel.bytesFromServer }
}

/** Everything that is known of one exchange, from its first record to its last. */
export class ExchangeRecorder {
  /** Over: it can be forgotten once it is written. */
  ended = false
  readonly row
  #store: CaptureStore
  readonly #limits: CaptureLimits
  readonly #budget: PendingBudget
  readonly #bodies: (BodyRecorder | undefined)[] = []
  readonly #directions: (DirectionRecorder | undefined)[] = []
  /** Lost as gap notes told, by side. */
  readonly #told: Record<From, { frames: number; bytes: number }> = {
    [fromClient]: { frames: 0, bytes: 0 },
    [fromServer]: { frames: 0, bytes: 0 }
  }
  /** What passed of a tunnel while it stood in earlier files, by side: the engine counts since its begin, the row what this file has. */
  readonly #earlier: Record<From, Passed> = { [fromClient]: nothing, [fromServer]: nothing }
  /** Frames that are over and written, and their bytes, by side: what passed beyond them is not kept where writing stops. */
  readonly #saved: Record<From, Passed> = { [fromClient]: nothing, [fromServer]: nothing }
  /** Told by gap notes while nothing was written. */
  readonly #untold: Record<From, Passed> = { [fromClient]: nothing, [fromServer]: nothing }
  /** Gaps of the time without writing, counted in the row, that are not committed yet. */
  #due: Passed = nothing
  #stored = false
  #deflate: DeflateParameters | null = null
  #orders: [number, number] = [0, 0]
  #changed = true
  #countsChanged = false
  #writtenAtMs = 0

  constructor(
    id: number,
    connection: number,
    atUs: number,
    client: string,
    store: CaptureStore,
    limits: CaptureLimits,
    budget: PendingBudget
  ) {
    this.row = { ...emptyExchange(id, store.start.run, connection, atUs), client }
    this.#store = store
    this.#limits = limits
    this.#budget = budget
  }

  opened(note: ExchangeNote, atUs: number): void {
    Object.assign(this.row, { number: note.number, generation: note.generation, scheme: note.scheme, openedAtUs: Math.round(atUs) })
    this.#changed = true
  }

  head(side: From, stage: Stage, bytes: Buffer, atUs: number): void {
    this.#store.addHead(this.row.id, side, stage, atUs, bytes)
    this.#changed = true
    if (side === fromClient && stage === stageIn) {
      const head = headText(bytes)
      Object.assign(this.row, requestLine(head), {
        host: headField(head, 'host') ?? '',
        handshake: asksForWebSocket(head) ? 1 : 0
      })
    }
    if (side === fromServer && stage === stageOut) this.#answered(statusOf(bytes))
  }

  /** What the client was told is the exchange's status; interim answers (1xx but 101) are not. */
  #answered(status: number): void {
    if (status === 101 || status >= 200) this.row.status = status
  }

  /** @param route where the directive stands that routed it. */
  decided(note: DecisionNote, route: RoutePlace, atUs: number): void {
    this.#store.addNote('decisions', this.row.id, atUs, note)
    Object.assign(this.row, { generation: note.generation, routeFile: route.file, routeLine: route.line })
    this.#changed = true
  }

  attempt(note: AttemptNote, atUs: number): void {
    this.#store.addNote('attempts', this.row.id, atUs, note)
    Object.assign(this.row, { address: note.address, cause: note.cause ?? '' })
    this.#changed = true
  }

  tunnel(note: TunnelNote, atUs: number): void {
    const { subprotocol, extensions, websocket } = note
    Object.assign(this.row, {
      tunnelAtUs: Math.round(atUs),
      subprotocol: subprotocol ?? '',
      extensions: extensions ?? '',
      websocket: websocket ? 1 : 0,
      // Its head may have been lost.
      handshake: websocket ? 1 : this.row.handshake
    })
    this.#deflate = deflateParameters(extensions)
    this.#changed = true
  }

  body(side: From, stage: Stage, bytes: Uint8Array, start: number, end: number, atUs: number): void {
    this.#body(side, stage).push(bytes, start, end, atUs)
    this.#countsChanged = true
  }

  tunnelBytes(side: From, stage: Stage, bytes: Uint8Array, start: number, end: number, atUs: number): void {
    this.#countsChanged = true
    if (this.row.websocket === 0) return this.body(side, stage, bytes, start, end, atUs)
    this.#direction(side, stage).push(bytes, start, end, atUs)
  }

  gap(note: GapNote, atUs: number): void {
    const lost = { frames: note.lostFrames, bytes: note.lostBytes }
    if (this.#store.paused) this.#untold[note.from] = sum(this.#untold[note.from], lost)
    else this.#store.addGap(this.row.id, note.from, atUs, this.#orders[stageIn], lost.frames, lost.bytes)
    this.row.missedFrames += note.lostFrames
    this.row.missedBytes += note.lostBytes
    this.#told[note.from].frames += note.lostFrames
    this.#told[note.from].bytes += note.lostBytes
    this.#changed = true
    if (this.row.websocket === 1) this.#direction(note.from, stageIn).gap(note, atUs)
    else this.#body(note.from, stageIn).gap(note.lostBytes)
  }

  end(note: ExchangeEnd, atUs: number): void {
    this.#closeParts(atUs)
    const { row } = this
    this.#counts()
    Object.assign(row, {
      ended: note.ended,
      endedAtUs: Math.round(atUs),
      state: note.ended === 'failed' || row.cause !== '' ? 'failed' : 'closed'
    })
    if (note.status > 0) row.status = note.status
    // The engine counts all that passed, recorded or not: where it says, it is right. Of what is no tunnel it counts the wire,
    // heads and framing with it; the row is about bodies.
    if (note.tunnel !== null) this.#tunnelAccount(note.tunnel)
    if (note.tunnel !== null) this.#lostAtEnd(note.tunnel)
    this.ended = true
    this.#changed = true
  }

  /** Writes what is new since the last batch. Always all of it where `last`. */
  flush(nowMs: number, last: boolean): void {
    this.#directions.forEach((direction) => direction?.flush())
    this.#bodies.forEach((body, slot) => body?.flush(this.#store, this.row.id, (slot & 1) as From, (slot >> 1) as Stage))
    if (this.#store.paused) return
    if (!this.#changed && !(this.#countsChanged && (last || nowMs - this.#writtenAtMs >= liveRowMs))) return
    if (!this.ended) this.#counts()
    this.#store.putExchange(this.row)
    this.#changed = this.#countsChanged = false
    this.#writtenAtMs = nowMs
  }

  /** Something is not written yet, be it only counts. */
  get pending(): boolean {
    return this.#changed || this.#countsChanged
  }

  /** It stands in the file: what becomes of it must be told there, be it later. */
  get stored(): boolean {
    return this.#stored
  }

  /** The batch is committed. */
  committed(): void {
    this.#stored = true
    this.#due = nothing
    for (const side of [fromClient, fromServer] as const) {
      this.#saved[side] = this.#over(side)
      this.#untold[side] = nothing
    }
  }

  /** Writing stops here, or the batch is lost: frames that are not committed are not written later either. */
  cut(): void {
    this.row.missedFrames -= this.#due.frames
    this.row.missedBytes -= this.#due.bytes
    this.#due = nothing
    this.#directions.forEach((direction) => direction?.cut())
    this.#changed = true
  }

  /** The batch is lost, and with it pieces of bodies. */
  batchLost(): void {
    this.cut()
    this.#bodies.forEach((body) => body?.dropped())
  }

  /** Writing goes on. What passed meanwhile is a gap before the next frame. */
  resumed(atUs: number): void {
    for (const side of [fromClient, fromServer] as const) {
      const over = this.#over(side)
      const lost = { frames: over.frames - this.#saved[side].frames, bytes: over.bytes - this.#saved[side].bytes }
      this.#due = sum(this.#due, lost)
      const all = sum(lost, this.#untold[side])
      if (all.frames > 0 || all.bytes > 0) this.#store.addGap(this.row.id, side, atUs, this.#orders[stageIn], all.frames, all.bytes)
    }
    this.row.missedFrames += this.#due.frames
    this.row.missedBytes += this.#due.bytes
    this.#changed = true
  }

  #over(side: From): Passed {
    return this.#directions[slotOf(side, stageIn)]?.over ?? nothing
  }

  /** The capture is closed while this goes on: what is in memory goes to the store. */
  release(atUs: number): void {
    if (this.ended) return
    this.#closeParts(atUs)
    Object.assign(this.row, { state: 'lost', ended: 'lost', endedAtUs: Math.round(atUs) })
    this.#changed = true
  }

  /** Goes on in another file; in this one it is over. Call after a flush. */
  moveTo(store: CaptureStore, atUs: number): void {
    this.#store.putExchange({ ...this.row, state: 'closed', ended: 'continued', endedAtUs: Math.round(atUs) })
    for (const side of [fromClient, fromServer] as const) this.#earlier[side] = this.#passed(side)
    this.#bodies.forEach((body) => body?.end())
    this.#bodies.length = 0
    this.#store = store
    this.#orders = [0, 0]
    Object.assign(this.row, { run: store.start.run, missedFrames: 0, missedBytes: 0 })
    this.#directions.forEach((direction, slot) => direction?.moveTo(this.#newRuns((slot & 1) as From, (slot >> 1) as Stage)))
    this.#changed = true
  }

  #closeParts(atUs: number): void {
    this.#directions.forEach((direction) => direction?.close(atUs))
    this.#bodies.forEach((body, slot) => {
      body?.flush(this.#store, this.row.id, (slot & 1) as From, (slot >> 1) as Stage)
      body?.end()
    })
  }

  #tunnelAccount(tunnel: NonNullable<ExchangeEnd['tunnel']>): void {
    const { closeFromClient, closeFromServer, endedBy } = tunnel
    const client = this.#sinceEarlier(tunnel, fromClient)
    const server = this.#sinceEarlier(tunnel, fromServer)
    Object.assign(this.row, {
      framesClient: client.frames + this.#headersCut(fromClient),
      framesServer: server.frames + this.#headersCut(fromServer),
      bytesClient: client.bytes,
      bytesServer: server.bytes
    })
    Object.assign(this.row, { closeClient: closeFromClient, closeServer: closeFromServer, endedBy })
  }

  /** What the engine counted of a side beyond what earlier files have of it. */
  #sinceEarlier(tunnel: NonNullable<ExchangeEnd['tunnel']>, side: From): Passed {
    const all = countedOf(tunnel, side)
    const { frames, bytes } = this.#earlier[side]
    return { frames: Math.max(0, all.frames - frames), bytes: Math.max(0, all.bytes - bytes) }
  }

  /** What is known of a side, in all files, as the engine counts it: what came, and what it told as lost. */
  #passed(side: From): Passed {
    const slot = slotOf(side, stageIn)
    // A body counts what is lost of it by itself, and begins anew with each file.
    if (this.row.websocket === 0) return { frames: 0, bytes: this.#earlier[side].bytes + (this.#bodies[slot]?.bytes ?? 0) }
    const came = this.#directions[slot]?.counts
    const found = { frames: (came?.allFrames ?? 0) - (came?.headersCut ?? 0), bytes: came?.allBytes ?? 0 }
    return sum(found, this.#told[side])
  }

  #headersCut(side: From): number {
    return this.#directions[slotOf(side, stageIn)]?.counts.headersCut ?? 0
  }

  /** What was lost last, with no byte behind it, has no gap note: it is what the engine counted beyond what came and what was told. */
  #lostAtEnd(tunnel: NonNullable<ExchangeEnd['tunnel']>): void {
    for (const side of [fromClient, fromServer] as const) {
      const all = countedOf(tunnel, side)
      const known = this.#passed(side)
      const lostFrames = Math.max(0, all.frames - known.frames)
      const lostBytes = Math.max(0, all.bytes - known.bytes)
      if (this.row.websocket === 0 || lostBytes === 0) continue
      this.row.missedFrames += lostFrames
      this.row.missedBytes += lostBytes
      this.#store.addGap(this.row.id, side, this.row.endedAtUs, this.#orders[stageIn], lostFrames, lostBytes)
    }
  }

  #counts(): void {
    const client = this.#directions[slotOf(fromClient, stageIn)]?.counts
    const server = this.#directions[slotOf(fromServer, stageIn)]?.counts
    const { row } = this
    row.framesClient = client?.frames ?? 0
    row.framesServer = server?.frames ?? 0
    row.bytesClient = client?.bytes ?? this.#bodies[slotOf(fromClient, stageIn)]?.bytes ?? 0
    row.bytesServer = server?.bytes ?? this.#bodies[slotOf(fromServer, stageIn)]?.bytes ?? 0
    row.closeClient = client?.close ?? 0
    row.closeServer = server?.close ?? 0
    row.opcodes = (client?.opcodes ?? 0) | (server?.opcodes ?? 0)
  }

  #body(side: From, stage: Stage): BodyRecorder {
    return (this.#bodies[slotOf(side, stage)] ??= new BodyRecorder(this.#limits, this.#budget))
  }

  #direction(side: From, stage: Stage): DirectionRecorder {
    return (this.#directions[slotOf(side, stage)] ??= this.#newDirection(side, stage))
  }

  #newDirection(side: From, stage: Stage): DirectionRecorder {
    return new DirectionRecorder(this.#newRuns(side, stage), this.#inflater(side), () => this.#orders[stage]++)
  }

  #newRuns(side: From, stage: Stage): RunBuilder {
    const store = this.#store
    const emit = (run: Run): void => store.putRun(this.row.id, side, stage, run)
    return new RunBuilder(this.#limits, store.segments, this.#budget, () => store.nextRunId(), emit)
  }

  #inflater(side: From): MessageInflater | null {
    const agreed = this.#deflate
    if (agreed === null) return null
    return side === fromClient
      ? new MessageInflater(agreed.clientNoContextTakeover, agreed.clientMaxWindowBits, this.#limits.maxInflateBytes)
      : new MessageInflater(agreed.serverNoContextTakeover, agreed.serverMaxWindowBits, this.#limits.maxInflateBytes)
  }
}
