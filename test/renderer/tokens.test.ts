import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'

const css = readFileSync(new URL('../../renderer/styles/tokens.css', import.meta.url), 'utf8')
/** Each colour by its token: light, then dark. What `prefers-contrast` says later in the file is not the usual. */
const usual = css.slice(0, css.indexOf('@media'))
const colours = new Map(
  [...usual.matchAll(/--([\w-]+): light-dark\((#[0-9a-f]{6}), (#[0-9a-f]{6})\)/g)].map(([, name = '', light = '', dark = '']) => [
    name,
    { light, dark }
  ])
)
type Theme = 'light' | 'dark'

function colour(name: string, theme: Theme): string {
  const found = colours.get(name)
  if (found === undefined) throw new Error(`--${name} is no colour of tokens.css`)
  return found[theme]
}
/** WCAG 2.2, relative luminance. */
function luminance(hex: string): number {
  const [r = 0, g = 0, b = 0] = [1, 3, 5].map((at) => {
    const part = Number.parseInt(hex.slice(at, at + 2), 16) / 255
    return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4
  })
  return 0.2126 * r + 0.7152 * g + 0.0722 * b
}
function contrast(a: string, b: string): number {
  const [darker = 0, lighter = 0] = [luminance(a), luminance(b)].sort((x, y) => x - y)
  return (lighter + 0.05) / (darker + 0.05)
}

const surfaces = ['chrome', 'panel', 'well', 'hover', 'selected'] as const
const texts = [
  ...['text', 'text-2', 'text-3', 'accent', 'client', 'server', 'ok', 'warn', 'bad', 'fault'],
  ...['code-name', 'code-string', 'code-number', 'code-keyword', 'code-comment']
] as const
const edges = ['control-edge', 'focus'] as const
const ownGround = [
  ...['client', 'server', 'ok', 'warn', 'bad', 'fault'].map((name) => [name, `${name}-soft`] as const),
  ...['accent-soft', 'raised', 'pressed', 'selected-idle'].map((ground) => ['text-2', ground] as const),
  ...['ok-soft', 'warn-soft', 'bad-soft'].map((ground) => ['text', ground] as const),
  ...['warn-soft', 'bad-soft'].map((ground) => ['text-2', ground] as const),
  ...['text-3', 'client', 'server'].map((name) => [name, 'bad-soft'] as const),
  ['accent', 'accent-soft'],
  ['text-3', 'raised'],
  ['text-on-fill', 'accent-fill'],
  ['text-on-fill', 'bad-fill']
] as const

/** `text-3 on selected: 4.31`, for every pair below the least. */
function tooFaint(pairs: readonly (readonly [string, string])[], theme: Theme, least: number): string[] {
  return pairs
    .map(([ink, ground]) => ({ ink, ground, ratio: contrast(colour(ink, theme), colour(ground, theme)) }))
    .filter(({ ratio }) => ratio < least)
    .map(({ ink, ground, ratio }) => `${ink} on ${ground}: ${ratio.toFixed(2)}`)
}
const each = (inks: readonly string[]) => inks.flatMap((ink) => surfaces.map((ground) => [ink, ground] as const))

test('the measure is the one of WCAG', () => {
  expect(contrast('#000000', '#ffffff')).toBeCloseTo(21, 5)
  expect(contrast('#777777', '#ffffff')).toBeCloseTo(4.48, 2)
})

test.each(['light', 'dark'] as const)('text is read on every surface, %s', (theme) => {
  expect(tooFaint(each(texts), theme, 4.5)).toEqual([])
})
test.each(['light', 'dark'] as const)('edges of controls and the focus are seen, %s', (theme) => {
  expect(tooFaint(each(edges), theme, 3)).toEqual([])
})
test.each(['light', 'dark'] as const)('words on a ground of their own are read, %s', (theme) => {
  expect(tooFaint(ownGround, theme, 4.5)).toEqual([])
})
