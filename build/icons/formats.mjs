// PNG, and the two containers that Windows and macOS have for it.
import { crc32, deflateSync } from 'node:zlib'

/** RGBA, eight bits each (PNG, W3C third edition). */
export function png(rgba, size) {
  const rows = Buffer.alloc(size * (size * 4 + 1))
  for (let row = 0; row < size; row++) rows.set(rgba.subarray(row * size * 4, (row + 1) * size * 4), row * (size * 4 + 1) + 1)
  const header = Buffer.alloc(13)
  header.writeUInt32BE(size, 0)
  header.writeUInt32BE(size, 4)
  header.set([8, 6, 0, 0, 0], 8)
  const signature = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a])
  return Buffer.concat([signature, chunk('IHDR', header), chunk('IDAT', deflateSync(rows, { level: 9 })), chunk('IEND', Buffer.alloc(0))])
}

function chunk(type, data) {
  const named = Buffer.concat([Buffer.from(type, 'latin1'), data])
  const [length, sum] = [Buffer.alloc(4), Buffer.alloc(4)]
  length.writeUInt32BE(data.length)
  sum.writeUInt32BE(crc32(named))
  return Buffer.concat([length, named, sum])
}

/** @param pictures `{ size, bytes }` as PNG, which Windows takes since Vista. */
export function ico(pictures) {
  const header = Buffer.from([0, 0, 1, 0, pictures.length, 0])
  const entries = []
  let offset = header.length + 16 * pictures.length
  for (const { size, bytes } of pictures) {
    const entry = Buffer.alloc(16)
    entry.set([size % 256, size % 256, 0, 0, 1, 0, 32, 0])
    entry.writeUInt32LE(bytes.length, 8)
    entry.writeUInt32LE(offset, 12)
    entries.push(entry)
    offset += bytes.length
  }
  return Buffer.concat([header, ...entries, ...pictures.map(({ bytes }) => bytes)])
}

/** By size in pixels; those for a doubled display have a type of their own. */
const icnsTypes = {
  16: ['icp4'],
  32: ['icp5', 'ic11'],
  64: ['ic12'],
  128: ['ic07'],
  256: ['ic08', 'ic13'],
  512: ['ic09', 'ic14'],
  1024: ['ic10']
}

/** @param pictures `{ size, bytes }` as PNG. */
export function icns(pictures) {
  const parts = pictures.flatMap(({ size, bytes }) => icnsTypes[size].map((type) => part(type, bytes)))
  return part('icns', Buffer.concat(parts))
}

function part(type, data) {
  const length = Buffer.alloc(4)
  length.writeUInt32BE(data.length + 8)
  return Buffer.concat([Buffer.from(type, 'latin1'), length, data])
}
