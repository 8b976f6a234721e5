import type { ListenerFacts } from '../../shared/contract.js'
import { noEffect, type Finding } from '../../shared/trace.js'
import { counted, findingText } from './print.js'

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
    for (const finding of findings) {
      if (this.#json) this.#say({ event: 'finding', ...finding }, '')
      else if (finding.code !== noEffect) process.stderr.write(`${findingText(finding)}\n`)
    }
    const quiet = findings.filter(({ code }) => code === noEffect).length
    if (!this.#json && quiet > 0)
      process.stderr.write(`note: ${counted(quiet, 'directive')} without effect on the wire (\`switchyard check\` lists them)\n`)
  }
  warn(message: string): void {
    if (this.#json) this.#say({ event: 'warning', message }, '')
    else process.stderr.write(`warning: ${message}\n`)
  }

  #listening({ url, address, port, tls, production, exposed }: ListenerFacts): void {
    this.#say({ event: 'listening', url, address, port, tls, production, exposed }, `listening ${url}`)
  }

  #say(event: object, text: string): void {
    process.stdout.write(this.#json ? `${JSON.stringify(event)}\n` : `${text}\n`)
  }
}
