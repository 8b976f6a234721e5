import { once } from 'node:events'
import { mkdirSync, mkdtempSync, rmSync, utimesSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { expect } from 'vitest'
import type { CertificatePair } from '../../main/engine/certificates.js'
import { RecordKind } from '../../shared/records.js'
import type { ConnectionNote } from '../../shared/records.js'
import type { Peer } from '../engine/exchange/peer.js'
import { ScriptedOrigin } from '../engine/exchange/scripted-origin.js'
import { Stage } from '../engine/exchange/stage.js'
import type { Made } from '../engine/wire/certificates.js'
import { HeldGate } from './held-gate.js'
import type { ToyConfig } from './toy/config.js'
import { ToySite } from './toy/site.js'
import type { Act, WireScript } from './wires.js'

/** Who clients and servers are in TLS. */
export interface Identities {
  readonly server: Made
  readonly client: Made
  readonly caFile: string
  readonly ca: string
}

type ActOf<K extends string> = Extract<Act, Readonly<Record<K, unknown>>>

/** Plays one wire script through the real engine: act after act, each awaited. */
export class WirePlayer {
  readonly #script: WireScript
  readonly #identities: Identities
  /** Every client speaks TLS, under this name, although the script does not say so. */
  readonly #secured: string | null
  readonly #root = mkdtempSync(join(tmpdir(), 'wire-script-'))
  readonly #origins = new Map<string, ScriptedOrigin>()
  readonly #clients = new Map<string, Peer>()
  readonly #accepted = new Map<string, Peer>()
  readonly #gate = new HeldGate()
  #stage!: Stage
  #site!: ToySite

  constructor(script: WireScript, identities: Identities, secured: string | null) {
    this.#script = script
    this.#identities = identities
    this.#secured = secured
  }

  static async play(script: WireScript, identities: Identities, secured: string | null = null): Promise<void> {
    const player = new WirePlayer(script, identities, secured)
    await player.#setUp()
    try {
      for (const act of script.acts) {
        await player.#act(act)
      }
      await player.#nothingMore()
    } finally {
      await player.#tearDown()
    }
  }

  // ── before and after ──────────────────────────────────────────────────────────────────────────

  async #setUp(): Promise<void> {
    for (const [path, text] of Object.entries(this.#script.files ?? {})) this.#write(path, text)
    for (const name of namesIn(this.#script)) await this.#raise(name)
    const maps = [...this.#origins].map(([name, { port }]) => `${name}=127.0.0.1:${port}`)
    const { server } = this.#identities
    const pair: CertificatePair = { certificate: server.cert, key: server.key }
    this.#stage = new Stage({ maps, gate: this.#gate.gate, certificates: { pair: () => Promise.resolve(pair) } })
    this.#site = new ToySite(this.#filledIn(this.#script.config), 1)
    await this.#stage.serve(this.#site)
  }

  async #raise(name: string): Promise<void> {
    const origin = await ScriptedOrigin.listening(name)
    this.#origins.set(name, origin)
    if (this.#script.dead?.includes(name) === true) await origin.unlisten()
  }

  /** Nobody said a word or made a connection that the script does not tell of. */
  async #nothingMore(): Promise<void> {
    await this.#stage.caughtUp()
    for (const [name, origin] of this.#origins) {
      await origin.caughtUp()
      const told = this.#script.acts.filter((act) => 'accepts' in act && act.origin === name).length
      expect(origin.connections, `connections to ${name}`).toBe(told)
    }
    await this.#stage.engine.close('now')
    for (const peer of [...this.#clients.values(), ...this.#accepted.values()]) {
      await peer.seesEnd()
      expect(peer.unread, `left at ${peer.name}`).toBe('')
    }
  }

  async #tearDown(): Promise<void> {
    await this.#stage.close('now')
    for (const origin of this.#origins.values()) await origin.unlisten()
    rmSync(this.#root, { recursive: true, force: true })
  }

  #filledIn(config: ToyConfig): ToyConfig {
    const text = JSON.stringify(config).replaceAll('@ROOT@', this.#root).replaceAll('@CLIENT_CA@', this.#identities.caFile)
    const filled = JSON.parse(text) as ToyConfig
    if (this.#secured === null) return filled
    return { ...filled, listen: [{ port: 8443, tls: true }], names: { [this.#secured]: { clientCertificates: 'none' } } }
  }

  #write(path: string, text: string): void {
    const file = join(this.#root, path)
    mkdirSync(dirname(file), { recursive: true })
    writeFileSync(file, text, 'latin1')
  }

  // ── acts ──────────────────────────────────────────────────────────────────────────────────────

  #act(act: Act): Promise<void> | void {
    if ('client' in act) return this.#clientActs(act)
    if ('origin' in act) return this.#originActs(act)
    if ('reload' in act) return this.#reload(act.reload)
    if ('passes' in act) this.#site.state.aheadUs += act.passes * 1000
    else if ('rewrites' in act) this.#rewrite(act.path, act.text)
    else if ('gate' in act) return act.gate === 'hold' ? this.#gate.hold() : this.#gate.letGo(act.adds)
    else return this.#logged(act.logs)
  }

  async #clientActs(act: ActOf<'client'>): Promise<void> {
    if ('secures' in act) return this.#secure(act)
    const peer = await this.#client(act.client)
    if ('writes' in act) peer.writes(act.writes)
    else if ('reads' in act) await peer.reads(act.reads)
    else if ('sees' in act) await peer.seesFin()
    else await this.#leave(peer, act.leaves)
  }

  async #client(name: string): Promise<Peer> {
    const known = this.#clients.get(name)
    if (known !== undefined) return known
    if (this.#secured !== null) {
      await this.#secure({ client: name, secures: this.#secured, certificate: false, taken: true })
      return this.#clients.get(name) as Peer
    }
    const peer = await this.#stage.client(name)
    this.#clients.set(name, peer)
    return peer
  }

  async #secure({ client, secures, certificate, taken }: ActOf<'secures'>): Promise<void> {
    const before = this.#stage.notes.of(RecordKind.connectionOpened).length
    const { ca, client: pair } = this.#identities
    const own = certificate ? { cert: pair.cert, key: pair.key } : {}
    const met = this.#stage.tlsClient(client, { servername: secures, ca, ...own })
    // A client of TLS 1.3 believes to be in before the server has looked at its certificate (RFC 8446 §4.4.2.4).
    const opened = await this.#stage.notes.count(RecordKind.connectionOpened, before + 1)
    const note = opened[before]?.what as ConnectionNote
    expect(note.tls?.serverName ?? null, `TLS of ${client}`).toBe(taken ? secures : null)
    if (taken) {
      expect(await met.taken).toBe(true)
      this.#clients.set(client, met.peer)
    } else await met.peer.seesEnd()
  }

  async #leave(peer: Peer, how: 'fin' | 'rst'): Promise<void> {
    await this.#gate.reached()
    if (how === 'fin') return peer.leaves('fin')
    peer.leaves('rst')
    await once(peer.socket, 'close')
    await this.#stage.caughtUp()
  }

  async #originActs(act: ActOf<'origin'>): Promise<void> {
    const origin = this.#origins.get(act.origin) as ScriptedOrigin
    if ('listens' in act) return act.listens ? origin.listen() : origin.unlisten()
    if ('hears' in act) return this.#hearsNothing(origin)
    if ('accepts' in act) this.#accepted.set(act.origin, await origin.accepts())
    const peer = this.#accepted.get(act.origin) as Peer
    if ('accepts' in act) await peer.reads(act.accepts)
    else if ('reads' in act) await peer.reads(act.reads)
    else if ('writes' in act) peer.writes(act.writes)
    else if ('sees' in act) await peer.seesFin()
    else peer.leaves(act.leaves)
  }

  async #hearsNothing(origin: ScriptedOrigin): Promise<void> {
    await this.#gate.reached()
    await this.#stage.caughtUp()
    await origin.caughtUp()
    expect(origin.connections, `connections to ${origin.name}`).toBe(0)
  }

  async #reload(config: ToyConfig): Promise<void> {
    this.#site = new ToySite(this.#filledIn(config), this.#site.generation + 1, this.#site.state)
    await this.#stage.serve(this.#site)
  }

  /** The file's time moves on, however quick the script was. */
  #rewrite(path: string, text: string): void {
    this.#write(path, text)
    const later = Date.now() / 1000 + 60
    utimesSync(join(this.#root, path), later, later)
  }

  async #logged(lines: readonly string[]): Promise<void> {
    const { notes, log } = this.#stage
    for (const line of lines) {
      const pattern = new RegExp(`^${line.split('*').map(escaped).join('\\d+')}$`)
      await notes.until(() => log.some((entry) => pattern.test(entry.message)) || notes.of(RecordKind.exchangeEnded).length > 0)
      const said = log.map(({ message }) => message)
      expect(
        said.filter((message) => pattern.test(message)),
        `${line} among ${said.join('\n')}`
      ).toHaveLength(1)
    }
  }
}

function escaped(text: string): string {
  return text.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&')
}

function namesIn(script: WireScript): ReadonlySet<string> {
  const said = JSON.stringify([script.config, script.files ?? {}, script.acts]).match(/[a-z]+\.test(?=:80)/g) ?? []
  const acting = script.acts.flatMap((act) => ('origin' in act ? [act.origin] : []))
  return new Set([...said, ...acting, ...(script.dead ?? [])])
}
