import type { ToyConfig } from './toy/config.js'

/**
 * The flows of the playbooks as bytes on both wires, for a run through the real engine: a conversation between clients,
 * the proxy (a toy site) and scripted origins, one act after the other, each awaited before the next. Nothing waits for
 * time to pass: `passes` makes the site's clock go ahead.
 *
 * Texts are latin1. Origins go by name (`a.test`) and are mapped to where they really listen, as `--map` does it; so
 * what they are sent is the same in every run.
 */
export interface WireScript {
  readonly letter: string
  readonly story: string
  readonly config: ToyConfig
  /** Files that the config names, below its root `@ROOT@`; `@CLIENT_CA@` is the authority of the client's certificate. */
  readonly files?: Readonly<Record<string, string>>
  /** Names of origins that nothing listens at. All others that are named listen. */
  readonly dead?: readonly string[]
  readonly acts: readonly Act[]
}

export type Act =
  /** A client, told apart by name, connects where it has not yet, and writes. */
  | { readonly client: string; readonly writes: string }
  /** Exactly these bytes are the next ones that it reads. */
  | { readonly client: string; readonly reads: string }
  /** Begins TLS under a server name, with a client's certificate or without; the proxy takes it or refuses. Writes and reads are inside from then on. */
  | { readonly client: string; readonly secures: string; readonly certificate: boolean; readonly taken: boolean }
  /** FIN, with reading going on, or RST. */
  | { readonly client: string; readonly leaves: 'fin' | 'rst' }
  /** Nothing more comes but this. */
  | { readonly client: string; readonly sees: 'fin' }
  /** The origin is connected to (once more, where it has a connection already) and reads exactly these bytes. */
  | { readonly origin: string; readonly accepts: string }
  /** The same on the connection that it has. */
  | { readonly origin: string; readonly reads: string }
  | { readonly origin: string; readonly writes: string }
  | { readonly origin: string; readonly leaves: 'fin' | 'rst' }
  | { readonly origin: string; readonly sees: 'fin' }
  /** No connection to it was made since the script began. */
  | { readonly origin: string; readonly hears: 'nothing' }
  /** From now on it listens, or no longer does. */
  | { readonly origin: string; readonly listens: boolean }
  | { readonly reload: ToyConfig }
  | { readonly passes: number }
  | { readonly rewrites: 'file'; readonly path: string; readonly text: string }
  /** The next step that has a head is held at the gate until a later act, and then sent on with a field added. */
  | { readonly gate: 'hold' }
  | { readonly gate: 'letGo'; readonly adds?: readonly [name: string, value: string] }
  /** Lines of the log that must have been written by now, beside others; `*` stands for digits. */
  | { readonly logs: readonly string[] }
