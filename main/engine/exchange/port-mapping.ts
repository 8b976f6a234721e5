import { indexOfField } from '../../../shared/fields.js'
import type { ResponseHead } from '../../../shared/heads.js'

/**
 * The way out of a mapped port: a `Location` that names a served host with a production port that is mapped gets the
 * local port, since the client could not follow it otherwise.
 */
export class PortMapping {
  #ports: ReadonlyMap<number, number> = new Map()
  #names: readonly string[] = []

  /**
   * @param names that the site serves; `*.example.test` covers all below.
   * @param ports production port → local port, where they differ.
   */
  serve(names: readonly string[], ports: ReadonlyMap<number, number>): void {
    this.#names = names.map((name) => name.toLowerCase())
    this.#ports = ports
  }

  /** The head as it is, or with the Location rewritten. */
  out(head: ResponseHead): ResponseHead {
    if (this.#ports.size === 0 || head.status < 201 || head.status > 308) return head
    const at = indexOfField(head.fields, 'location')
    if (at < 0) return head
    const mapped = this.#map(head.fields[at + 1] as string)
    if (mapped === null) return head
    const fields = [...head.fields]
    fields[at + 1] = mapped
    return { ...head, fields }
  }

  #map(location: string): string | null {
    const parts = /^(?<scheme>https?|wss?):\/\/(?<host>\[[^\]]*\]|[^/?#:]*)(?::(?<port>\d+))?(?<rest>[/?#].*)?$/i.exec(location)?.groups
    if (parts === undefined || !this.#serves((parts['host'] as string).toLowerCase())) return null
    const secure = /^(https|wss)$/i.test(parts['scheme'] as string)
    const local = this.#ports.get(Number(parts['port'] ?? (secure ? 443 : 80)))
    return local === undefined ? null : `${parts['scheme']}://${parts['host']}:${local}${parts['rest'] ?? ''}`
  }

  #serves(host: string): boolean {
    return this.#names.some((name) => name === host || (name.startsWith('*.') && host.endsWith(name.slice(1))))
  }
}
