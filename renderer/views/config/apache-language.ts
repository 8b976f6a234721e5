import type { StreamParser, StringStream } from '@codemirror/language'

/** Where in a line the reader stands: httpd reads a directive's name first, then its words; a backslash at the end goes on below. */
export interface ApacheState {
  at: 'start' | 'words' | 'section'
  /** A quoted word that a backslash at the line's end left open. */
  quote: string | null
  /** The line before ended with a backslash. */
  continues: boolean
  comment: boolean
}

/** Apache's configuration for the eye: directives, section tags, strings, variables, comments, and lines that go on. */
export const apacheLanguage: StreamParser<ApacheState> = {
  name: 'apache',
  startState: () => ({ at: 'start', quote: null, continues: false, comment: false }),
  token: (stream, state) => {
    if (stream.sol()) beginLine(state)
    const token = read(stream, state)
    if (stream.eol()) state.continues = stream.string.endsWith('\\')
    return token
  },
  blankLine: (state) => {
    state.continues = false
    beginLine(state)
  },
  languageData: { commentTokens: { line: '#' } }
}

function beginLine(state: ApacheState): void {
  if (!state.continues) Object.assign(state, { at: 'start', quote: null, comment: false })
  state.continues = false
}

function read(stream: StringStream, state: ApacheState): string | null {
  if (state.comment) return (stream.skipToEnd(), 'comment')
  if (state.quote !== null) return quoted(stream, state, state.quote)
  if (stream.eatSpace()) return null
  if (stream.peek() === '\\' && stream.pos === stream.string.length - 1) return (stream.next(), 'escape')
  return state.at === 'start' ? first(stream, state) : word(stream, state)
}

/** A `#` opens a comment only where a directive would begin. */
function first(stream: StringStream, state: ApacheState): string {
  if (stream.peek() === '#') {
    state.comment = true
    return (stream.skipToEnd(), 'comment')
  }
  if (stream.match(/^<\/?[\w:]*>?/)) {
    state.at = stream.current().endsWith('>') ? 'words' : 'section'
    return 'keyword'
  }
  state.at = 'words'
  if (!stream.match(/^[^\s\\]+/)) stream.next()
  return 'propertyName'
}

function word(stream: StringStream, state: ApacheState): string | null {
  const next = stream.peek()
  if (state.at === 'section' && next === '>') return (stream.next(), 'keyword')
  if (next === '"' || next === "'") {
    stream.next()
    state.quote = next
    return quoted(stream, state, next)
  }
  if (stream.match(/^[%$]\{[^}\s]*\}/)) return 'variableName'
  if (stream.match(/^\[[A-Za-z][^\]\s]*\](?=\s|$)/)) return 'keyword'
  if (stream.match(/^\d+(?=\s|>|$)/)) return 'number'
  // To the next thing that has a colour of its own.
  if (!stream.match(/^(?:[^\s%$>\\]|[%$](?!\{)|\\(?!$))+/)) stream.next()
  return null
}

function quoted(stream: StringStream, state: ApacheState, quote: string): string {
  if (stream.match(/^[%$]\{[^}"']*\}/)) return 'variableName'
  while (!stream.eol()) {
    const char = stream.next()
    if (char === '\\') stream.next()
    else if (char === quote) {
      state.quote = null
      break
    } else if ((stream.peek() === '%' || stream.peek() === '$') && stream.match(/^[%$]\{/, false)) break
  }
  return 'string'
}
