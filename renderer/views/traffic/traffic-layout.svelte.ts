import type { Preferences } from '../../state/preferences.svelte.js'

/** Narrower, and there is room for one of the two only, where they stand beside each other. */
const narrowPx = 960

/** Sizes of the list, along the line on which it is parted from the detail. */
interface ListSizes {
  readonly name: string
  readonly initial: number
  readonly least: number
  readonly leastDetail: number
  readonly room: number
}

/** Where list and detail stand: beside each other, the list above, or one at a time. */
export class TrafficLayout {
  width = $state(0)
  height = $state(0)
  readonly #preferences: Preferences
  readonly #sizes = $derived.by<ListSizes>(() =>
    this.above
      ? { name: 'traffic.listHeight', initial: Math.round(this.height / 3), least: 140, leastDetail: 240, room: this.height }
      : { name: 'traffic.list', initial: 600, least: 300, leastDetail: 400, room: this.width }
  )

  constructor(preferences: Preferences) {
    this.#preferences = preferences
  }

  get above(): boolean {
    return this.#preferences.get('traffic.above', false)
  }
  toggle(): void {
    this.#preferences.set('traffic.above', !this.above)
  }
  /** Only one of the two is seen. */
  get single(): boolean {
    return !this.above && this.width > 0 && this.width < narrowPx
  }

  /** px of the list. */
  get size(): number {
    return Math.min(this.#preferences.get(this.#sizes.name, this.initial), this.most)
  }
  get initial(): number {
    return this.#sizes.initial
  }
  get least(): number {
    return this.#sizes.least
  }
  get most(): number {
    const { room, leastDetail, least } = this.#sizes
    return Math.max(least, room - leastDetail)
  }
  resize(px: number): void {
    this.#preferences.set(this.#sizes.name, px)
  }
}
