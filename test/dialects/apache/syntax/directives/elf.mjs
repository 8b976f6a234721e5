import { readFileSync } from 'node:fs'

const relativeRelocations = new Set([8, 1027]) // R_X86_64_RELATIVE, R_AARCH64_RELATIVE
const absoluteRelocations = new Set([1, 6, 257, 1025]) // R_X86_64_64, R_X86_64_GLOB_DAT, R_AARCH64_ABS64, R_AARCH64_GLOB_DAT

/**
 * A 64-bit little-endian ELF object, read as the loader would see it: pointers with their relocations applied.
 * Enough of it to walk the static tables of a server module.
 */
export class ElfImage {
  #bytes
  #segments = []
  #pointers = new Map()
  symbols = new Map()

  constructor(path) {
    this.#bytes = readFileSync(path)
    if (this.#bytes.readUInt32BE(0) !== 0x7f454c46 || this.#bytes[4] !== 2) throw new Error(`${path} is not a 64-bit ELF object`)
    this.#readSegments()
    this.#readSections()
  }

  /** The pointer at an address, 0 where it is null or points into another object. */
  pointer(address) {
    return this.#pointers.get(address) ?? this.#word(address)
  }
  int(address) {
    return this.#bytes.readInt32LE(this.#offset(address))
  }
  text(address) {
    const start = this.#offset(address)
    return this.#bytes.toString('latin1', start, this.#bytes.indexOf(0, start))
  }

  #word(address) {
    return Number(this.#bytes.readBigUInt64LE(this.#offset(address)))
  }
  #offset(address) {
    for (const s of this.#segments) if (address >= s.address && address < s.address + s.bytes) return address - s.address + s.offset
    throw new Error(`address ${address.toString(16)} is in no segment`)
  }
  #readSegments() {
    const at = Number(this.#bytes.readBigUInt64LE(0x20))
    for (let i = 0; i < this.#bytes.readUInt16LE(0x38); i++) {
      const header = at + i * this.#bytes.readUInt16LE(0x36)
      if (this.#bytes.readUInt32LE(header) !== 1) continue
      const [offset, address, , bytes] = [8, 16, 24, 32].map((field) => Number(this.#bytes.readBigUInt64LE(header + field)))
      this.#segments.push({ offset, address, bytes })
    }
  }
  #readSections() {
    const at = Number(this.#bytes.readBigUInt64LE(0x28))
    const sections = []
    for (let i = 0; i < this.#bytes.readUInt16LE(0x3c); i++) {
      const header = at + i * this.#bytes.readUInt16LE(0x3a)
      const [offset, bytes] = [24, 32].map((field) => Number(this.#bytes.readBigUInt64LE(header + field)))
      sections.push({ type: this.#bytes.readUInt32LE(header + 4), link: this.#bytes.readUInt32LE(header + 40), offset, bytes })
    }
    const dynamic = sections.find((s) => s.type === 11)
    const values = this.#readSymbols(dynamic, sections[dynamic.link])
    for (const s of sections) if (s.type === 4) this.#relocate(s, values)
  }
  #readSymbols(table, names) {
    const values = []
    for (let at = table.offset; at < table.offset + table.bytes; at += 24) {
      const name = names.offset + this.#bytes.readUInt32LE(at)
      const value = Number(this.#bytes.readBigUInt64LE(at + 8))
      values.push(value)
      this.symbols.set(this.#bytes.toString('latin1', name, this.#bytes.indexOf(0, name)), value)
    }
    return values
  }
  #relocate(section, values) {
    for (let at = section.offset; at < section.offset + section.bytes; at += 24) {
      const place = Number(this.#bytes.readBigUInt64LE(at))
      const info = this.#bytes.readBigUInt64LE(at + 8)
      const addend = Number(this.#bytes.readBigInt64LE(at + 16))
      const type = Number(info & 0xffffffffn)
      if (relativeRelocations.has(type)) this.#pointers.set(place, addend)
      else if (absoluteRelocations.has(type)) this.#pointers.set(place, (values[Number(info >> 32n)] ?? 0) + addend)
    }
  }
}
