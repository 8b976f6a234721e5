import { describe, expect, it } from 'vitest'
import { compiles } from '../../../../main/dialects/apache/syntax/checks/pattern.js'
import { expressionError } from '../../../../main/dialects/apache/syntax/checks/expression.js'
import { maxDirectives } from '../../../../main/dialects/apache/syntax/reading/state.js'
import { readText, verdict } from './memory-host.js'

describe('what a config may not grow to', () => {
  it('stops a file that includes itself where httpd does', () => {
    const tree = readText('Include apache2.conf\n')
    expect(verdict(tree)).toBe('Exceeded maximum include depth of 128, There appears to be a recursion. @1')
    expect(tree.files.length).toBe(129)
  })
  it('stops macros that double each other', () => {
    const macros = Array.from({ length: 40 }, (_, i) => `<Macro M${i}>\nUse M${i + 1}\nUse M${i + 1}\n</Macro>\n`).join('')
    expect(verdict(readText(`${macros}<Macro M40>\nTimeout 5\n</Macro>\nUse M0\n`))).toMatch(
      new RegExp(`^The config has more than ${maxDirectives} directives`)
    )
  })
  it('stops a macro whose line outgrows its buffer', () => {
    expect(verdict(readText(`<Macro M $a>\nServerAdmin $a$a\n</Macro>\nUse M ${'x'.repeat(5000)}\n`))).toContain(
      'cannot substitute, buffer size too small @4'
    )
  })
  it('stops a line past 16 MiB', () => {
    expect(verdict(readText(`Timeout 5\nServerAdmin ${'x'.repeat(16 * 1024 * 1024)}\n`))).toBe(
      'Error reading /etc/apache2/apache2.conf at line 2: Line too long @2'
    )
  })
  it('bears deep nesting of expressions', () => {
    expect(expressionError(`${'('.repeat(100_000)}true`)).toBe('memory exhausted')
    expect(expressionError(`${'!'.repeat(100_000)}true`)).toBe('memory exhausted')
    expect(expressionError(`${'%{tolower:'.repeat(100_000)}`)).toBe('memory exhausted')
  })
  it.each(['<If true>', '<IfModule core.c>', '<IfModule nope>', '<Frob>'])('stops %s inside of itself past five hundred', (open) => {
    const close = `</${open.slice(1).replace(/ .*>$/, '>')}`
    const nested = (deep: number) => `${`${open}\n`.repeat(deep)}${`${close}\n`.repeat(deep)}`
    const tooDeep = /^Sections stand more than 500 deep inside of each other/
    expect(verdict(readText(nested(100_000)))).toMatch(tooDeep)
    expect(verdict(readText(nested(499)))).not.toMatch(tooDeep)
  })
})

describe('a module of another maker', () => {
  it('is told, and its directives are not refused', () => {
    const tree = readText(
      'LoadModule php_module modules/libphp.so\nphp_value a b\n<FilesMatch x>\nSetHandler y\n</FilesMatch>\nListen 80\n'
    )
    expect(verdict(tree)).toBe('ok')
    expect(tree.findings.map((finding) => `${finding.code} ${finding.span?.line}`)).toEqual(['module-unknown 1', 'unsupported-directive 2'])
  })
  it('is not what a module of httpd in the wrong file is', () => {
    expect(verdict(readText('LoadModule proxy_module modules/mod_proxy_http.so\n'))).toContain(
      "Can't locate API module structure `proxy_module' in file"
    )
  })
})

describe('patterns', () => {
  it.each([
    '^/(a|b)$',
    '(?i)x',
    '(?<n>a)\\k<n>',
    '[[:alpha:]]+',
    '[]a]',
    'a++b',
    '\\Q(\\E',
    '(?>a)',
    '\\d{2,}',
    '(?#x)a',
    '\\pL',
    '[\\w-.]',
    'x{',
    '(?:a)?+',
    '\\h',
    '\\R'
  ])('%s compiles', (pattern) => {
    expect(compiles(pattern)).toBe(true)
  })
  it.each(['(', 'a)', '[a', '*a', '(?<n>a', '(?<n', '[b-a]', 'a{2,1}', '+'])('%s does not', (pattern) => {
    expect(compiles(pattern)).toBe(false)
  })
})
