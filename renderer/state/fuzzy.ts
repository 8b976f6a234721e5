/** How well letters stand in a text in their order: 0 not at all; more for starts of words and for letters in a row. */
export function fuzzyScore(query: string, text: string): number {
  const wanted = query.toLowerCase().replace(/\s+/g, '')
  const lower = text.toLowerCase()
  if (wanted === '') return 1
  let score = 0
  let at = -1
  for (const letter of wanted) {
    const next = lower.indexOf(letter, at + 1)
    if (next < 0) return 0
    const startsWord = next === 0 || /[\s/.:_-]/.test(lower[next - 1] as string)
    score += startsWord ? 8 : next === at + 1 ? 5 : 1
    at = next
  }
  // What is said in one piece comes first, and of two the shorter.
  if (lower.includes(query.trim().toLowerCase())) score += 20
  return score + 1 / (1 + text.length)
}
