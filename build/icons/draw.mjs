// A small drawing board: shapes by their distance, smoothed at the edge, into RGBA.

/** A square picture, empty. Coordinates of the shapes run from 0 to 1, whatever its size. */
export function board(size) {
  const pixels = new Float64Array(size * size * 4)
  return {
    size,
    /** Paints where `distance(x, y)` is below 0. `color`: [r, g, b, alpha], each from 0 to 1. */
    paint(distance, [r, g, b, a]) {
      for (let row = 0; row < size; row++) {
        for (let column = 0; column < size; column++) {
          const away = distance((column + 0.5) / size, (row + 0.5) / size) * size
          const cover = Math.min(1, Math.max(0, 0.5 - away)) * a
          if (cover > 0) over(pixels, (row * size + column) * 4, r, g, b, cover)
        }
      }
    },
    rgba: () => Uint8Array.from(pixels, (value) => Math.round(value * 255))
  }
}

/** Porter-Duff "over", alpha not multiplied in. */
function over(pixels, at, r, g, b, cover) {
  const below = pixels[at + 3] * (1 - cover)
  const alpha = cover + below
  for (const [offset, value] of [r, g, b].entries()) pixels[at + offset] = (value * cover + pixels[at + offset] * below) / alpha
  pixels[at + 3] = alpha
}

/** `#1b63d3` or `#1b63d380`. */
export function color(hex) {
  const [r, g, b, a = 255] = hex
    .slice(1)
    .match(/../g)
    .map((pair) => parseInt(pair, 16))
  return [r / 255, g / 255, b / 255, a / 255]
}

/** A line through points, round at its ends. */
export function stroke(points, width) {
  return (x, y) => {
    let nearest = Infinity
    for (let at = 1; at < points.length; at++) nearest = Math.min(nearest, toSegment(x, y, points[at - 1], points[at]))
    return nearest - width / 2
  }
}

function toSegment(x, y, [ax, ay], [bx, by]) {
  const [dx, dy] = [bx - ax, by - ay]
  const along = Math.min(1, Math.max(0, ((x - ax) * dx + (y - ay) * dy) / (dx * dx + dy * dy || 1)))
  return Math.hypot(x - ax - along * dx, y - ay - along * dy)
}

export function disc(cx, cy, radius) {
  return (x, y) => Math.hypot(x - cx, y - cy) - radius
}

/** A square with rounded corners in the middle. */
export function tile(side, radius) {
  const half = side / 2 - radius
  return (x, y) => {
    const [dx, dy] = [Math.abs(x - 0.5) - half, Math.abs(y - 0.5) - half]
    return Math.hypot(Math.max(dx, 0), Math.max(dy, 0)) + Math.min(Math.max(dx, dy), 0) - radius
  }
}

/** Points on a cubic curve. */
export function curve([a, b, c, d], steps = 24) {
  return Array.from({ length: steps + 1 }, (_, step) => {
    const t = step / steps
    const weigh = (p, q, r, s) => p * (1 - t) ** 3 + 3 * q * t * (1 - t) ** 2 + 3 * r * t * t * (1 - t) + s * t ** 3
    return [weigh(a[0], b[0], c[0], d[0]), weigh(a[1], b[1], c[1], d[1])]
  })
}
