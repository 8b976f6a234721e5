/** Chromium ends at 33.5 M px at scale 1, at a third of it at scale 3: a body is never longer than this. */
export const longestBodyPx = 8_000_000
/** Near both ends of a list, body and list run one to one. */
const exactPx = 100_000

/**
 * The place in a list of any length, in px of the whole list (`offset`), and where the scroll body stands for it (`place`).
 * Up to 8 M px they are the same. Beyond, scrolling moves by exact px, a drag of the thumb in proportion, and the body is
 * put back to the place in proportion when scrolling has come to rest (`restPlace`).
 */
export class VirtualScroll {
  rows = 0
  rowPx = 24
  viewPx = 0
  offset = 0
  place = 0

  get lengthPx(): number {
    return this.rows * this.rowPx
  }
  get bodyPx(): number {
    return Math.min(this.lengthPx, longestBodyPx)
  }
  get capped(): boolean {
    return this.lengthPx > longestBodyPx
  }
  get lastOffset(): number {
    return Math.max(0, this.lengthPx - this.viewPx)
  }
  get atStart(): boolean {
    return this.offset < 1
  }
  get atEnd(): boolean {
    return this.offset > this.lastOffset - this.rowPx / 2
  }
  /** Rows that are seen, wholly or in part. */
  get visible(): { first: number; count: number } {
    const first = Math.floor(this.offset / this.rowPx)
    const end = Math.min(this.rows, Math.ceil((this.offset + this.viewPx) / this.rowPx))
    return { first, count: Math.max(0, end - first) }
  }
  /** Where a row stands in the body just now. */
  topOf(index: number): number {
    return index * this.rowPx - this.offset + this.place
  }

  /** The offset at which a row is seen, as near as that is. */
  revealing(index: number): number {
    const top = index * this.rowPx
    return top < this.offset ? top : Math.max(this.offset, top + this.rowPx - this.viewPx)
  }

  /** The body was scrolled. `byThumb`: dragged, or set to somewhere. Answers whether anything moved. */
  scrolled(place: number, byThumb: boolean): boolean {
    const by = place - this.place
    this.place = place
    if (Math.abs(by) < 0.01) return false
    if (!this.capped) this.offset = place
    else if (byThumb) this.offset = this.#offsetAt(place)
    else this.offset = clamp(this.offset + by, 0, this.lastOffset)
    return true
  }

  /** Goes to an offset; answers the place where the body belongs then. */
  moveTo(offset: number): number {
    this.offset = clamp(offset, 0, this.lastOffset)
    return this.restPlace
  }

  /** Where the body belongs for the offset, in proportion. */
  get restPlace(): number {
    if (!this.capped) return this.offset
    const { offset, lastOffset } = this
    const lastPlace = longestBodyPx - this.viewPx
    if (offset <= exactPx) return offset
    if (lastOffset - offset <= exactPx) return lastPlace - (lastOffset - offset)
    return exactPx + ((offset - exactPx) / (lastOffset - 2 * exactPx)) * (lastPlace - 2 * exactPx)
  }
  /** The body comes to its end before the list does: it has to be put back at once. */
  get cramped(): boolean {
    const { offset, place, viewPx, lastOffset } = this
    const left = longestBodyPx - viewPx - place
    return this.capped && ((place < viewPx && offset > place + 1) || (left < viewPx && lastOffset - offset > left + 1))
  }

  #offsetAt(place: number): number {
    const { lastOffset } = this
    const lastPlace = longestBodyPx - this.viewPx
    if (place <= exactPx) return place
    if (lastPlace - place <= exactPx) return lastOffset - (lastPlace - place)
    return exactPx + ((place - exactPx) / (lastPlace - 2 * exactPx)) * (lastOffset - 2 * exactPx)
  }
}

function clamp(value: number, least: number, most: number): number {
  return Math.max(least, Math.min(value, most))
}
