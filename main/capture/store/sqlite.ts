import Database from 'libsql'
import { SwitchyardError } from '../../../shared/errors.js'

/**
 * The only file that knows the binding. What it keeps away from the rest: a lone Buffer as parameter aborts the process
 * (so parameters are always an array), `readonly`, `pluck` and `function` do nothing or throw, errors are not all Errors,
 * and every number is bound as REAL (so columns that hold integers must say so).
 */
export type SqlValue = null | number | string | Uint8Array
/** A row as it comes: columns in the order of the query; a blob is a Buffer of its own. */
export type SqlRow = readonly (null | number | string | Buffer)[]

interface RawStatement {
  run(parameters: readonly SqlValue[]): { changes: number; lastInsertRowid: number | bigint }
  raw(): RawStatement
  get(parameters: readonly SqlValue[]): SqlRow | undefined
  all(parameters: readonly SqlValue[]): SqlRow[]
}

export class SqlStatement {
  readonly #run: RawStatement
  readonly #read: RawStatement | null
  constructor(run: RawStatement, read: RawStatement | null) {
    this.#run = run
    this.#read = read
  }
  /** Runs it for its effect; the number of rows changed. */
  run(...parameters: readonly SqlValue[]): number {
    return guarded(() => this.#run.run(parameters).changes)
  }
  first(...parameters: readonly SqlValue[]): SqlRow | undefined {
    return guarded(() => this.#read?.get(parameters))
  }
  all(...parameters: readonly SqlValue[]): SqlRow[] {
    return guarded(() => this.#read?.all(parameters) ?? [])
  }
}

export class SqlDatabase {
  readonly #database: Database.Database
  #open = true

  /** Opens a file, and makes it where it isn't. Throws `capture-unwritable`. */
  constructor(path: string) {
    this.#database = guarded(() => new Database(path))
    // A busy database is waited for: when the writer closes a large one, its checkpoint locks it for a second.
    this.exec('PRAGMA busy_timeout = 5000')
  }
  prepare(sql: string): SqlStatement {
    const statement = guarded(() => this.#database.prepare(sql) as unknown as RawStatement)
    return new SqlStatement(statement, /^\s*(select|pragma|with)\b/i.test(sql) ? statement.raw() : null)
  }
  exec(sql: string): void {
    guarded(() => this.#database.exec(sql))
  }
  /**
   * Brings everything into the one file, to be called last: without a log there is nothing beside it. Where somebody else still
   * has it open the log stays, empty. The binding's own close would not do: it closes nothing while a statement is not collected.
   */
  makeWhole(): void {
    this.exec('PRAGMA busy_timeout = 0')
    for (const last of ['PRAGMA journal_mode = DELETE', 'PRAGMA wal_checkpoint(TRUNCATE)']) {
      try {
        return void this.prepare(last).first()
      } catch {
        // Whoever opens the file next does it.
      }
    }
  }
  close(): void {
    if (this.#open) this.#database.close()
    this.#open = false
  }
}

/** Whatever the binding throws, as an error with a code. */
function guarded<T>(work: () => T): T {
  try {
    return work()
  } catch (thrown) {
    const message = thrown instanceof Error ? thrown.message : String(thrown)
    const full = /full|disk I\/O|READONLY|readonly/i.test(message)
    throw new SwitchyardError('capture-unwritable', `The capture's database failed: ${message}`, {
      cause: thrown,
      hint: full
        ? 'Free space on the disk that holds captures, or choose another folder with --data.'
        : 'Check that the file is a capture, and that it may be read and written.'
    })
  }
}
