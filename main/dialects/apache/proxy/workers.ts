import { PrefixIndex } from '../prefix-index.js'
import { authorityLength, type Worker } from './worker.js'

/** So many are looked through faster than they are looked up. */
const few = 16

/** The workers of one server, in the order of the config. */
export class Workers {
  readonly #list: Worker[]
  #index: WorkerIndex | null = null

  constructor(list: readonly Worker[] = []) {
    this.#list = [...list]
  }
  get list(): readonly Worker[] {
    return this.#list
  }
  /** Where there is just one. */
  get only(): Worker | null {
    return this.#list.length === 1 ? (this.#list[0] as Worker) : null
  }
  add(worker: Worker): void {
    this.#list.push(worker)
    this.#index?.add(worker)
  }

  /**
   * The worker with the longest URL that the given one begins with; the first of two that are equally long. `url` is
   * canonical. `pattern` is for the search of a config line, and says whether that is a pattern: it takes another pattern
   * only where that is written the same.
   */
  find(url: string, pattern?: boolean): Worker | null {
    if (this.#list.length <= few) return lookedThrough(this.#list, url, pattern)
    this.#index ??= new WorkerIndex(this.#list)
    return this.#index.find(url, pattern)
  }
}

/** What {@link Workers.find} means, worker by worker. */
export function lookedThrough(workers: readonly Worker[], url: string, pattern?: boolean): Worker | null {
  const authority = authorityLength(url)
  let best: Worker | null = null
  for (const worker of workers) {
    if (best !== null && worker.name.length <= best.name.length) continue
    if (worker.name.length < authority || worker.name.length > url.length) continue
    if (pattern === true && worker.like !== null && worker.name !== url) continue
    if (worker.like === null || worker.name === url ? url.startsWith(worker.name) : worker.like.test(url)) best = worker
  }
  return best
}

interface Place {
  readonly worker: Worker
  readonly at: number
}

/** The same for many: prefixes by their name, patterns by what stands before their first `$1`. */
class WorkerIndex {
  readonly #prefixes = new PrefixIndex<Place>()
  /** The first pattern of each name: what is written the same is found here. */
  readonly #written = new Map<string, Place>()
  readonly #patterns = new PrefixIndex<Place[]>()
  #count = 0

  constructor(workers: readonly Worker[]) {
    for (const worker of workers) this.add(worker)
  }

  add(worker: Worker): void {
    const place = { worker, at: this.#count++ }
    if (worker.like === null) return this.#addPrefix(place)
    if (this.#written.has(worker.name)) return
    this.#written.set(worker.name, place)
    const head = worker.name.slice(0, worker.name.search(/\$\d|$/))
    const alike = this.#patterns.get(head)
    if (alike === undefined) this.#patterns.set(head, [place])
    else alike.push(place)
  }

  find(url: string, pattern?: boolean): Worker | null {
    const authority = authorityLength(url)
    let best = this.#prefixes.of(url, authority)[0]
    const written = this.#written.get(url)
    if (written !== undefined && goesBefore(written, best)) best = written
    if (pattern === true) return best?.worker ?? null
    for (const place of this.#patterns.of(url).flat()) {
      const { name, like } = place.worker
      if (name.length < authority || name.length > url.length || !goesBefore(place, best)) continue
      if (like?.test(url) === true) best = place
    }
    return best?.worker ?? null
  }

  #addPrefix(place: Place): void {
    if (this.#prefixes.get(place.worker.name) === undefined) this.#prefixes.set(place.worker.name, place)
  }
}

function goesBefore(one: Place, other: Place | undefined): boolean {
  if (other === undefined) return true
  const longer = one.worker.name.length - other.worker.name.length
  return longer > 0 || (longer === 0 && one.at < other.at)
}
