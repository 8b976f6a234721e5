import { SwitchyardError } from '../../shared/errors.js'
import type { Target } from '../../shared/steps.js'

/** Where to connect for a target: the `--map`s of the command line. Nothing but the address changes (Host, SNI and names checked stay). */
export class AddressMap {
  #to = new Map<string, { host: string; port: number }>()

  /** @param rules `NAME[:PORT]=ADDR:PORT`, the first that names a target wins. @throws SwitchyardError `bad-argument` */
  constructor(rules: readonly string[] = []) {
    for (const rule of rules) this.#add(rule)
  }

  /** Goes by another's rules from now on. */
  become(other: AddressMap): void {
    this.#to = other.#to
  }
  equals(other: AddressMap): boolean {
    return JSON.stringify([...this.#to]) === JSON.stringify([...other.#to])
  }

  addressOf(target: Target): { host: string; port: number } {
    if (this.#to.size === 0) return target
    const name = target.host.toLowerCase()
    return this.#to.get(`${name}:${target.port}`) ?? this.#to.get(name) ?? target
  }

  #add(rule: string): void {
    const { name, port, to } = mapOf(rule)
    const key = port === null ? name : `${name}:${port}`
    if (!this.#to.has(key)) this.#to.set(key, to)
  }
}

/** A rule taken apart; the name in lower case, without brackets. @throws SwitchyardError `bad-argument` */
export function mapOf(rule: string): { name: string; port: number | null; to: { host: string; port: number } } {
  const parts = /^(?<name>\[[^\]]+\]|[^:=\s]+)(?::(?<port>\d{1,5}))?=(?<to>\[[^\]]+\]|[^:=\s]+):(?<toPort>\d{1,5})$/.exec(rule)?.groups
  if (parts === undefined || Number(parts['toPort']) > 65_535 || Number(parts['port'] ?? 1) > 65_535) {
    throw new SwitchyardError('bad-argument', `--map ${rule} is not NAME[:PORT]=ADDRESS:PORT.`, {
      hint: 'For example: --map backend-server=127.0.0.1:3000'
    })
  }
  return {
    name: unbracket(parts['name'] as string).toLowerCase(),
    port: parts['port'] === undefined ? null : Number(parts['port']),
    to: { host: unbracket(parts['to'] as string), port: Number(parts['toPort']) }
  }
}

function unbracket(host: string): string {
  return host.startsWith('[') ? host.slice(1, -1) : host
}
