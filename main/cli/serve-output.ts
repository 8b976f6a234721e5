import type { ListenerFacts } from '../../shared/contract.js'
import { noEffect, type Finding } from '../../shared/trace.js'
import { findingLines } from './finding-lines.js'
import { counted, printLines } from './print.js'

/**
 * What `serve` prints, which scripts read: its lines on standard output are a contract (DESIGN.md), all else goes to
 * standard error. With --json everything but errors is an event on standard output.
 */
export class ServeOutput {
  readonly #json: boolean
  constructor(json: boolean) {
    this.#json = json
  }

  started(listeners: readonly ListenerFacts[], screens: string | null): void {
    for (const listener of listeners) this.#listening(listener)
    if (screens !== null) this.#say({ event: 'screens', url: screens }, `screens ${screens}`)
  }
  ready(): void {
    this.#say({ event: 'ready' }, 'ready')
  }
  reloaded(generation: number, listeners: readonly ListenerFacts[]): void {
    this.#say({ event: 'reloaded', generation, listeners: listeners.map(({ url }) => url) }, `reloaded, config ${generation}`)
  }

  findings(findings: readonly Finding[]): void {
    if (this.#json) return findings.forEach((finding) => this.#say({ event: 'finding', ...finding }, ''))
    printLines(process.stderr, findingLines(findings.filter(({ code }) => code !== noEffect)))
    const quiet = findings.filter(({ code }) => code === noEffect).length
    if (quiet > 0)
      printLines(process.stderr, [`note: ${counted(quiet, 'directive')} without effect on the wire (\`switchyard check\` lists them)`])
  }
  warn(message: string): void {
    if (this.#json) this.#say({ event: 'warning', message }, '')
    else printLines(process.stderr, [`warning: ${message}`])
  }
  /** What is worth knowing, and no warning. */
  note(message: string): void {
    if (this.#json) this.#say({ event: 'note', message }, '')
    else printLines(process.stderr, [`note: ${message}`])
  }

  #listening({ url, address, port, tls, production, exposed }: ListenerFacts): void {
    this.#say({ event: 'listening', url, address, port, tls, production, exposed }, `listening ${url}`)
  }

  #say(event: object, text: string): void {
    if (this.#json) process.stdout.write(`${JSON.stringify(event)}\n`)
    else printLines(process.stdout, [text])
  }
}
