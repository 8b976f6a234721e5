import type { CertificateRef } from '../../shared/site.js'
import type { Authorities } from './authorities.js'
import type { Authority } from './authority.js'
import { answersFor, hostName, type HostName } from './host-name.js'
import { issueFrom, type Issue } from './issued-folder.js'
import { checkCertificate, filesStamp, readKeyPair, type KeyPairFiles, type KeyPairTexts } from './key-pair-files.js'
import { permits } from './permitted.js'

export interface IssuerOptions {
  readonly authorities: Authorities
  /** Milliseconds since the epoch. Default: the system's clock. */
  readonly now?: () => number
  /** Pairs kept in memory. Default 512. */
  readonly maxInMemory?: number
  /** End entities kept on disk. Default 1000. */
  readonly maxOnDisk?: number
  /** Finds or makes an end entity: {@link issueFrom} a data folder, wherever that is done. Default: here. */
  readonly issue?: Issue
}
interface Held {
  readonly pair: KeyPairTexts
  /** When it has to be looked at again: to be renewed, or its files compared. */
  readonly dueMs: number
  /** Of files: what they looked like. */
  readonly stamp: string
}

const dayMs = 86_400_000
/** An end entity is replaced a month before its end, long before a client minds. */
const renewBeforeMs = 30 * dayMs
const filesDueMs = 1000
/** A certificate with all the aliases of a large config is still far below what a handshake may carry. */
const maxNames = 100
const localhost = hostName('localhost') as HostName
/** Goes into what is shown to a client that named nothing: it may well have come by address. */
const loopback = ['localhost', '127.0.0.1', '::1']

/**
 * Hands out key pairs by reference; fulfils the engine's `Certificates`. Local ones are issued when first asked for, cached in
 * memory and on disk, and renewed before they end; those of a config are read from its files.
 */
export class Issuer {
  readonly #authorities: Authorities
  readonly #issueIt: Issue
  readonly #now: () => number
  readonly #maxInMemory: number
  readonly #held = new Map<string, Held>()
  readonly #underWay = new Map<string, Promise<KeyPairTexts>>()

  constructor(options: IssuerOptions) {
    this.#authorities = options.authorities
    this.#now = options.now ?? Date.now
    this.#maxInMemory = options.maxInMemory ?? 512
    this.#issueIt = options.issue ?? issueFrom(options.authorities.dataDir, options.maxOnDisk)
  }

  /**
   * The pair for a reference. `serverName` is what the ClientHello asked for, whatever it is: one that is no host name, or
   * that no authority covers, gets the certificate of the reference's first name.
   * @throws SwitchyardError `authority-broken` | `key-unreadable` | `certificate-broken`
   */
  async pair(ref: CertificateRef, serverName: string | null): Promise<KeyPairTexts> {
    if (ref.from === 'files') return this.#fromFiles(ref)
    const asked = serverName === null ? null : hostName(serverName)
    const key = `local\n${asked?.text ?? ''}\n${ref.names.join('\n')}`
    const held = this.#stillGood(key)
    return held ? held.pair : await this.#oneAtATime(key, () => this.#issue(key, ref.names, asked))
  }

  /**
   * As {@link checkCertificate}, for whoever is going to serve with these files: a pair that is good is held from now on, so
   * that the first handshake finds it whatever became of its files.
   */
  check(certFile: string, keyFile: string, chainFile?: string): string | null {
    const problem = checkCertificate(certFile, keyFile, chainFile)
    if (problem === null) this.#fromFiles({ certFile, keyFile, ...(chainFile === undefined ? {} : { chainFile }) })
    return problem
  }

  /** Files are read once, and again when they changed; a change that is broken (half of it written yet) leaves the old pair. */
  #fromFiles(ref: KeyPairFiles): KeyPairTexts {
    const key = `files\n${ref.certFile}\n${ref.keyFile}\n${ref.chainFile ?? ''}`
    const held = this.#stillGood(key)
    if (held) return held.pair
    const old = this.#held.get(key)
    const stamp = filesStamp(ref)
    const pair = old === undefined ? readKeyPair(ref) : old.stamp === stamp ? old.pair : readAgain(ref, old.pair)
    this.#hold(key, { pair, dueMs: this.#now() + filesDueMs, stamp })
    return pair
  }

  async #issue(key: string, refNames: readonly string[], asked: HostName | null): Promise<KeyPairTexts> {
    await this.#authorities.authoritiesFor(refNames)
    const { authority, names } = await this.#plan(refNames, asked)
    const nowMs = this.#now()
    const made = await this.#issueIt(authority, names, { nowMs, untilMs: nowMs + renewBeforeMs })
    this.#hold(key, { pair: { certificate: made.certificate, key: made.key }, dueMs: made.notAfter.getTime() - renewBeforeMs, stamp: '' })
    return { certificate: made.certificate, key: made.key }
  }

  /**
   * Which authority issues, and for which names: the subject, then the reference's others that the authority covers too.
   * Where a DNS name was asked, no address stands beside it: BoringSSL's own verifier (Node in Electron, not Chromium) refuses
   * every certificate with an address under an authority with constraints on addresses.
   */
  async #plan(refNames: readonly string[], asked: HostName | null): Promise<{ authority: Authority; names: readonly HostName[] }> {
    const ours = hosts(refNames).filter((name) => this.#authorities.covering(name))
    const subject = asked && this.#authorities.covering(asked) ? asked : (ours[0] ?? localhost)
    const authority = this.#authorities.covering(subject) ?? (await this.#authorities.first())
    const beside = ours.some((name) => answersFor(name, subject)) ? ours : []
    const others = asked === subject ? beside.filter(({ kind }) => kind === asked.kind) : [...beside, ...hosts(loopback)]
    const names = [subject, ...others].filter((name) => permits(authority.permitted, name))
    return { authority, names: withoutDoubles(names).slice(0, maxNames) }
  }

  /** Several handshakes may ask at once: one of them has it made, the others wait for the same. */
  #oneAtATime(key: string, make: () => Promise<KeyPairTexts>): Promise<KeyPairTexts> {
    const underWay = this.#underWay.get(key)
    if (underWay) return underWay
    const making = make().finally(() => this.#underWay.delete(key))
    this.#underWay.set(key, making)
    return making
  }

  #stillGood(key: string): Held | undefined {
    const held = this.#held.get(key)
    if (!held || this.#now() >= held.dueMs) return undefined
    this.#held.delete(key)
    this.#held.set(key, held)
    return held
  }

  /** The one used longest ago goes first: a Map keeps the order of insertion. */
  #hold(key: string, held: Held): void {
    this.#held.delete(key)
    this.#held.set(key, held)
    for (const oldest of this.#held.keys()) {
      if (this.#held.size <= this.#maxInMemory) return
      this.#held.delete(oldest)
    }
  }
}

function hosts(names: readonly string[]): HostName[] {
  return names.flatMap((name) => hostName(name) ?? [])
}

function readAgain(ref: KeyPairFiles, old: KeyPairTexts): KeyPairTexts {
  try {
    return readKeyPair(ref)
  } catch {
    return old
  }
}

function withoutDoubles(names: readonly HostName[]): HostName[] {
  return [...new Map(names.map((name) => [name.text, name])).values()]
}
