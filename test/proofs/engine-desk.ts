import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Gate } from '../../main/engine/exchange/context.js'
import { EngineService } from '../../main/host/engine-service.js'
import { checkCertificate } from '../../main/certs/key-pair-files.js'
import { RecordKind, type AttemptNote, type Recorder } from '../../shared/records.js'
import { revived } from '../../shared/thread-link.js'
import type { LogEntry } from '../../shared/steps.js'

interface Note {
  readonly kind: RecordKind
  readonly exchange: number
  readonly note: object
}

/** The engine as the host drives it, in this process, with the notes it would write into a capture. */
export class EngineDesk {
  readonly #folder = mkdtempSync(join(tmpdir(), 'switchyard-proofs-'))
  readonly #notes: Note[] = []
  readonly #service: EngineService

  /** @param gate see {@link EngineService} */
  constructor(gate?: Gate) {
    const recorder: Recorder = {
      bytes: () => true,
      note: (kind, exchange, _connection, _from, note) => this.#notes.push({ kind, exchange, note }) > 0
    }
    this.#service = new EngineService({
      certificates: { pair: () => Promise.reject(new Error('no listener here speaks TLS')) },
      checkCertificate,
      coverNames: async () => [],
      recorder,
      onLog: () => {},
      first: { exchange: 1, connection: 1 },
      ...(gate === undefined ? {} : { gate })
    })
  }

  /** Serves a config's text. Throws the error that it is refused with. */
  async serve(text: string, name: 'site.conf' | 'switchyard.json'): Promise<void> {
    const file = join(this.#folder, name)
    writeFileSync(file, text)
    const { error } = await this.#service.serve({
      files: [file],
      inline: null,
      dialect: name === 'site.conf' ? 'apache' : 'native',
      defines: [],
      lenient: false,
      listen: [],
      ports: [],
      expose: false,
      keepPorts: false,
      maps: [],
      overlays: []
    })
    if (error !== null) throw revived(error)
  }

  /** The attempts and log entries noted up to now; they are forgotten. */
  takeNotes(): { readonly attempts: readonly AttemptNote[]; readonly log: readonly LogEntry[] } {
    const notes = this.#notes.splice(0)
    const of = <T>(kind: RecordKind) => notes.filter((one) => one.kind === kind).map((one) => one.note as T)
    return { attempts: of<AttemptNote>(RecordKind.attempt), log: of<LogEntry>(RecordKind.log) }
  }

  async close(): Promise<void> {
    await this.#service.stop('now')
    rmSync(this.#folder, { recursive: true, force: true })
  }
}
