import type { TextTest } from './filter.js'

/** Whether one of the tests holds for a text that a row shows. */
export function textMatches(tests: readonly TextTest[], text: string): boolean {
  return tests.some((test) => {
    if (test.kind === 'contains') return text.toLowerCase().includes(test.text)
    return test.kind === 'regex' ? test.regex.test(text) : Buffer.from(text).includes(test.bytes)
  })
}

/** Whether one of the tests holds for bytes: text without regard to case, a regular expression over UTF-8. */
export function bytesMatch(tests: readonly TextTest[], bytes: Buffer): boolean {
  if (bytes.length === 0) return false
  return tests.some((test) => {
    if (test.kind === 'bytes') return bytes.includes(test.bytes)
    return test.kind === 'regex' ? test.regex.test(bytes.toString('utf8')) : foldedIncludes(bytes, test.text)
  })
}

/**
 * Bytes as a string of one char a byte, in lower case, for searching without regard to the case of ASCII letters. What
 * latin1 takes for letters are bytes of UTF-8 here: both sides are folded alike, so what is equal stays equal.
 */
export function foldBytes(bytes: Buffer): string {
  return bytes.toString('latin1').toLowerCase()
}
/** What to look for in {@link foldBytes}. */
export function foldNeedle(text: string): string {
  return foldBytes(Buffer.from(text))
}
function foldedIncludes(bytes: Buffer, text: string): boolean {
  return foldBytes(bytes).includes(foldNeedle(text))
}
