import { createContext } from 'svelte'

/** Whether the secrets of the exchange that is looked at are shown: in its heads, its address, and what is copied of it. Never kept. */
export class Revealed {
  #of = $state<number | null>(null)

  isShown({ id }: { readonly id: number }): boolean {
    return this.#of === id
  }
  show({ id }: { readonly id: number }, on: boolean): void {
    this.#of = on ? id : null
  }
  /** Another exchange is looked at. */
  hide(): void {
    this.#of = null
  }
}
export const [useRevealed, setRevealed] = createContext<Revealed>()
