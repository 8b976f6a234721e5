import { StringStream } from '@codemirror/language'
import { describe, expect, it } from 'vitest'
import { apacheLanguage } from '../../../renderer/views/config/apache-language.js'

/** Words of a text with the colour that each gets. */
function coloured(text: string): [string, string][] {
  const state = apacheLanguage.startState?.(4)
  if (state === undefined) throw new Error('no state')
  const found: [string, string][] = []
  for (const line of text.split('\n')) {
    if (line === '') apacheLanguage.blankLine?.(state, 4)
    const stream = new StringStream(line, 4, 4)
    while (!stream.eol()) {
      stream.start = stream.pos
      const token = apacheLanguage.token(stream, state)
      if (token !== null) found.push([stream.current(), token])
    }
  }
  return found
}

describe('the colours of an Apache config', () => {
  it('knows directives, numbers and variables', () => {
    expect(coloured('  ProxyPass /a http://${BACKEND}:3000/ timeout=60')).toEqual([
      ['ProxyPass', 'propertyName'],
      ['${BACKEND}', 'variableName']
    ])
    expect(coloured('Listen 443')).toEqual([
      ['Listen', 'propertyName'],
      ['443', 'number']
    ])
  })
  it('knows section tags, with and without arguments', () => {
    expect(coloured('<VirtualHost *:443>\n</VirtualHost>')).toEqual([
      ['<VirtualHost', 'keyword'],
      ['>', 'keyword'],
      ['</VirtualHost>', 'keyword']
    ])
  })
  it('takes # for a comment only where a directive would begin, and on over a backslash', () => {
    expect(coloured('# one \\\nstill it\nServerName a#b')).toEqual([
      ['# one \\', 'comment'],
      ['still it', 'comment'],
      ['ServerName', 'propertyName']
    ])
  })
  it('goes on with the words of a directive below a backslash', () => {
    expect(coloured('ProxyPass /graphql \\\n  upgrade=websocket\nListen 80').map(([word]) => word)).toEqual([
      'ProxyPass',
      '\\',
      'Listen',
      '80'
    ])
  })
  it('reads strings with escaped quotes and variables in them', () => {
    expect(coloured('Header set X "a \\" %{HOST}s b" [NC]')).toEqual([
      ['Header', 'propertyName'],
      ['"a \\" ', 'string'],
      ['%{HOST}', 'variableName'],
      ['s b"', 'string'],
      ['[NC]', 'keyword']
    ])
  })
  it('begins anew after an empty line', () => {
    expect(coloured('ServerName a \\\n\nListen 80').map(([word]) => word)).toEqual(['ServerName', '\\', 'Listen', '80'])
  })
})
