/**
 * What a MessagePack message claims to hold, read off its headers alone, before anything is made of it: a header can claim
 * 2³² elements in five bytes, and lists can stand in lists.
 */
export interface ShapeLimits {
  /** Elements of lists and members of maps, over the whole message. */
  readonly maxElements: number
  readonly maxDepth: number
}

/** Whether the message is one value within the limits. Other faults are the decoder's to find. */
export function fitsShape(bytes: Uint8Array, { maxElements, maxDepth }: ShapeLimits): boolean {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  /** What is still to come at each depth. */
  const open: number[] = [1]
  let elements = 0
  let at = 0
  while (open.length > 0) {
    const left = open.length - 1
    if (open[left] === 0) {
      open.pop()
      continue
    }
    open[left] = (open[left] as number) - 1
    if (at >= bytes.length) return false
    const head = headerOf(view, at)
    if (head === null) return false
    at += head.bytes
    if (head.values === 0) continue
    elements += head.values
    if (elements > maxElements || open.length > maxDepth) return false
    open.push(head.values)
  }
  return at === bytes.length
}

/** How long a value is without those in it, and how many stand in it. null: it ends within its header, or is of an unknown kind. */
function headerOf(view: DataView, at: number): { bytes: number; values: number } | null {
  const kind = view.getUint8(at)
  if (kind <= 0x7f || kind >= 0xe0 || kind === 0xc0 || kind === 0xc2 || kind === 0xc3) return { bytes: 1, values: 0 }
  if (kind <= 0x8f) return { bytes: 1, values: 2 * (kind & 0x0f) }
  if (kind <= 0x9f) return { bytes: 1, values: kind & 0x0f }
  if (kind <= 0xbf) return { bytes: 1 + (kind & 0x1f), values: 0 }
  const fixed = fixedBytes[kind]
  if (fixed !== undefined) return { bytes: fixed, values: 0 }
  const counted = countedKinds[kind]
  if (counted === undefined || at + 1 + counted.countBytes > view.byteLength) return null
  const count =
    counted.countBytes === 1 ? view.getUint8(at + 1) : counted.countBytes === 2 ? view.getUint16(at + 1) : view.getUint32(at + 1)
  const header = 1 + counted.countBytes
  return counted.each === 0 ? { bytes: header + counted.more + count, values: 0 } : { bytes: header, values: counted.each * count }
}

/** Numbers, and extensions of a fixed length. */
const fixedBytes: Readonly<Record<number, number>> = {
  0xca: 5,
  0xcb: 9,
  0xcc: 2,
  0xcd: 3,
  0xce: 5,
  0xcf: 9,
  0xd0: 2,
  0xd1: 3,
  0xd2: 5,
  0xd3: 9,
  0xd4: 3,
  0xd5: 4,
  0xd6: 6,
  0xd7: 10,
  0xd8: 18
}
/** What says its length: bytes (`each` 0; an extension has its type before them), lists, maps. */
const countedKinds: Readonly<Record<number, { countBytes: 1 | 2 | 4; each: 0 | 1 | 2; more: 0 | 1 }>> = {
  0xc4: { countBytes: 1, each: 0, more: 0 },
  0xc5: { countBytes: 2, each: 0, more: 0 },
  0xc6: { countBytes: 4, each: 0, more: 0 },
  0xc7: { countBytes: 1, each: 0, more: 1 },
  0xc8: { countBytes: 2, each: 0, more: 1 },
  0xc9: { countBytes: 4, each: 0, more: 1 },
  0xd9: { countBytes: 1, each: 0, more: 0 },
  0xda: { countBytes: 2, each: 0, more: 0 },
  0xdb: { countBytes: 4, each: 0, more: 0 },
  0xdc: { countBytes: 2, each: 1, more: 0 },
  0xdd: { countBytes: 4, each: 1, more: 0 },
  0xde: { countBytes: 2, each: 2, more: 0 },
  0xdf: { countBytes: 4, each: 2, more: 0 }
}
