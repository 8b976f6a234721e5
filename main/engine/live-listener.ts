import type { ListenerSpec } from '../../shared/site.js'
import type { Listener } from './listen/listener.js'

/** Where a listener of the config is really served: the same address and port, or those it is mapped to. */
export interface Binding {
  readonly spec: ListenerSpec
  readonly address: string
  /** 0: any free port. */
  readonly port: number
  /** Served where it can be (the second family of `*`); a failure is logged and passed over. */
  readonly optional?: boolean
}

/** A socket that listens, and the newest binding that it serves. */
export class LiveListener {
  binding: Binding
  #open: Listener | null = null
  /** The newest config does not have it any more. */
  gone = false
  constructor(binding: Binding) {
    this.binding = binding
  }
  get open(): Listener {
    return this.#open as Listener
  }
  set open(open: Listener) {
    this.#open = open
  }
  get port(): number | null {
    return this.#open?.port ?? null
  }
  /** Whether this binding wants the socket that it has. */
  occupies(binding: Binding): boolean {
    return this.binding.address === binding.address && this.port === binding.port
  }
  /** Whether it can go on for this binding: the same socket, with or without TLS as it was. */
  serves(binding: Binding): boolean {
    const { binding: mine } = this
    return (
      mine.address === binding.address &&
      mine.port === binding.port &&
      mine.spec.tls === binding.spec.tls &&
      mine.spec.port === binding.spec.port
    )
  }
}
