import type { StreamParser, StringStream } from '@codemirror/language'

/** switchyard.json for the eye: keys, strings, numbers, words and what parts them. */
export const jsonLanguage: StreamParser<null> = {
  name: 'json',
  startState: () => null,
  token: (stream) => {
    if (stream.eatSpace()) return null
    if (stream.peek() === '"') return text(stream)
    if (stream.match(/^-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?/)) return 'number'
    if (stream.match(/^(?:true|false|null)\b/)) return 'keyword'
    if (stream.match(/^[{}[\]:,]/)) return 'punctuation'
    stream.next()
    return 'invalid'
  }
}

function text(stream: StringStream): string {
  stream.match(/^"(?:[^"\\]|\\.)*"?/)
  return stream.match(/^\s*:/, false) ? 'propertyName' : 'string'
}
