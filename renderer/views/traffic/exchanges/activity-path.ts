/** The bars of one side of a strip, as the data of an SVG path. Heights go by the square root, so that a quiet bin is seen beside a loud one. */
export function barsPath(
  bins: readonly number[],
  most: number,
  { width, axis, height, down }: { width: number; axis: number; height: number; down: boolean }
): string {
  const step = width / bins.length
  const bar = Math.max(1, step - 0.5)
  return bins
    .map((value, at) => {
      if (value <= 0 || most <= 0) return ''
      const tall = Math.max(1, Math.round(Math.sqrt(value / most) * height * 2) / 2)
      const x = Math.round(at * step * 100) / 100
      return `M${x} ${down ? axis : axis - tall}h${bar}v${tall}h${-bar}z`
    })
    .join('')
}

/** What a reader is told of a picture: the finding, not the drawing. */
export function activitySays(client: readonly number[], server: readonly number[], badly: boolean): string {
  const frames = [...client, ...server].reduce((sum, value) => sum + value, 0)
  if (frames === 0) return badly ? 'Nothing passed, closed badly' : 'Nothing passed'
  const last = Math.max(
    client.findLastIndex((value) => value > 0),
    server.findLastIndex((value) => value > 0)
  )
  const quiet = last < client.length * 0.6 ? ', silent at the end' : ''
  return `${side(client, 'client')}, ${side(server, 'backend')}${quiet}${badly ? ', closed badly' : ''}`
}
function side(bins: readonly number[], name: string): string {
  const busy = bins.filter((value) => value > 0).length
  if (busy === 0) return `nothing from the ${name}`
  return busy > bins.length / 2 ? `${name} all along` : `${name} now and then`
}
