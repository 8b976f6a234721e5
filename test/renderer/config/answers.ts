import { expect } from 'vitest'
import type { Connection } from '../../../renderer/state/connection.svelte.js'

/** A connection whose answers wait until the test gives them. */
export class Answers {
  readonly open: { readonly name: string; readonly answer: (reply: unknown) => void }[] = []
  changed: (data: { file: string }) => void = () => {}

  readonly connection = {
    request: (name: string) => new Promise((answer) => this.open.push({ name, answer })),
    on: (_name: string, handler: (data: { file: string }) => void) => ((this.changed = handler), () => {}),
    onReady: () => () => {}
  } as unknown as Connection

  async give(name: string, reply: unknown): Promise<void> {
    await settled()
    const at = this.open.findIndex((each) => each.name === name)
    expect(at, `${name} among ${this.names.join(' ')}`).toBeGreaterThanOrEqual(0)
    this.open.splice(at, 1)[0]?.answer(reply)
    await settled()
  }
  get names(): string[] {
    return this.open.map(({ name }) => name)
  }
}
const settled = (): Promise<void> => new Promise((resolve) => setImmediate(resolve))
