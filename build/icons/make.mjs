// Draws all icons anew: `node build/icons/make.mjs`. What it makes is checked in.
//   icon.ico, icon.icns, png/SIZE.png    the app's, for the packager
//   app/                                 what the app itself loads: its window's icon and those beside the clock
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { board, color, curve, disc, stroke, tile } from './draw.mjs'
import { icns, ico, png } from './formats.mjs'

const here = import.meta.dirname
const sizes = [16, 32, 48, 64, 128, 256, 512, 1024]
const paper = color('#17181b')
const edge = color('#3a3e45')
const rail = color('#9198a4')
const accent = color('#74aaff')
const bad = color('#e0455a')
const black = color('#000000')

/** A switch point, trains come from below: straight on, and off to the right. */
const straight = [[0.36, 0.84], [0.36, 0.16]] // prettier-ignore
const diverging = [[0.36, 0.84], [0.36, 0.66], ...curve([[0.36, 0.66], [0.36, 0.46], [0.68, 0.54], [0.68, 0.32]]), [0.68, 0.16]] // prettier-ignore

function appIcon(size) {
  const picture = board(size)
  const inset = (points) => points.map(([x, y]) => [0.5 + (x - 0.52) * 0.78, 0.5 + (y - 0.5) * 0.78])
  picture.paint(tile(0.9, 0.2), edge)
  picture.paint(tile(0.9 - 2 / Math.max(size, 64), 0.2 - 1 / Math.max(size, 64)), paper)
  picture.paint(stroke(inset(straight), 0.075), rail)
  picture.paint(stroke(inset(diverging), 0.095), accent)
  picture.paint(disc(...inset([[0.36, 0.66]])[0], 0.075), accent)
  return png(picture.rgba(), size)
}

/** @param ink what the track is drawn with, @param halo an edge that shows it on a ground of its own lightness. */
function trayIcon(name, size, ink, halo) {
  const picture = board(size)
  const taken = name === 'running' ? diverging : straight
  const other = name === 'running' ? straight : diverging
  const lay = (points, width, paint) => picture.paint(stroke(points, width), paint)
  if (halo !== null) for (const points of [other, taken]) lay(points, 0.3, halo)
  lay(other, 0.09, [...ink.slice(0, 3), 0.45])
  lay(taken, 0.17, ink)
  if (name === 'failed') {
    picture.paint(disc(0.76, 0.76, 0.24), halo ?? [0, 0, 0, 0])
    picture.paint(disc(0.76, 0.76, 0.2), bad)
  }
  return png(picture.rgba(), size)
}

function write(name, bytes) {
  writeFileSync(join(here, name), bytes)
}

for (const folder of ['png', 'app']) mkdirSync(join(here, folder), { recursive: true })
const pictures = sizes.map((size) => ({ size, bytes: appIcon(size) }))
for (const { size, bytes } of pictures) if (size !== 1024) write(`png/${size}x${size}.png`, bytes)
write('icon.ico', ico(pictures.filter(({ size }) => size <= 256)))
write('icon.icns', icns(pictures.filter(({ size }) => size !== 48)))
write('app/icon.png', appIcon(256))
for (const name of ['stopped', 'running', 'failed']) {
  for (const [suffix, size] of [
    ['', 22],
    ['@2x', 44]
  ]) {
    // prettier-ignore
    write(`app/tray-${name}${suffix}.png`, trayIcon(name, size, color('#e5e7eb'), color('#17181bcc')))
    if (name !== 'failed') write(`app/tray-${name}-template${suffix}.png`, trayIcon(name, size, black, null))
  }
}
