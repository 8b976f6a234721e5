import { Authorities } from '../certs/authorities.js'
import type { ListenerFacts } from '../../shared/contract.js'
import { demoPath } from './demo.js'
import { DemoVisitor } from './demo-visitor.js'
import type { ServeSpec, Served } from './serve-spec.js'

/** Sees to it that the demo, whenever it is what is served, has a visitor: from its first second there is something to see. */
export class DemoVisits {
  readonly #dataDir: string
  #visitor: DemoVisitor | null = null
  #at: ListenerFacts | null = null

  constructor(dataDir: string) {
    this.#dataDir = dataDir
  }

  served(spec: ServeSpec, { listeners }: Served): void {
    const listener = spec.inline?.path === demoPath ? (listeners.find(({ tls }) => tls) ?? listeners[0] ?? null) : null
    if (listener !== null && this.#at?.url === listener.url) return
    this.stop()
    this.#at = listener
    if (listener !== null) void this.#begin(listener)
  }

  /** Idempotent. */
  stop(): void {
    this.#visitor?.close()
    this.#visitor = this.#at = null
  }

  async #begin(listener: ListenerFacts): Promise<void> {
    const found = await new Authorities({ dataDir: this.#dataDir }).list()
    // Something else is served by now.
    if (this.#at !== listener) return
    this.#visitor = new DemoVisitor(
      listener,
      found.flatMap((each) => ('authority' in each ? [each.authority.certificate] : []))
    )
    this.#visitor.start()
  }
}
