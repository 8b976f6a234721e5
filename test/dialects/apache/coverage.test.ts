import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { describe, expect, it, onTestFinished, test } from 'vitest'
import { buildDrafts } from '../../../main/dialects/apache/build.js'
import { modules } from '../../../main/dialects/apache/config/server.js'
import { mostEntries } from '../../../main/dialects/apache/core/access-files.js'
import { structural } from '../../../main/dialects/apache/coverage.js'
import { moduleTable } from '../../../main/dialects/apache/directives.data.js'
import { apacheDialect } from '../../../main/dialects/apache/index.js'
import type { Directive, Tree } from '../../../main/dialects/apache/tree.js'
import { FileConfigHost } from '../../../main/host/config-host.js'
import { noEffect, type Finding } from '../../../shared/trace.js'
import { get, load, sent, start } from './desk.js'

const modelled = new Set(Object.values(modules).flatMap(({ commands }) => Object.keys(commands)))
const names = [...new Set(moduleTable.flatMap((row) => row.directives.map(([name]) => name)))]
const host = new FileConfigHost(() => null)
const options = { generation: 1, defines: new Map<string, string>(), lenient: false, root: '/srv' }

/** The findings of one directive, whatever arguments its own check would ask for. */
function findingsOf(name: string, args: readonly string[]): readonly Finding[] {
  const span = { file: '/srv/site.conf', line: 7, column: 3, endLine: 7, endColumn: 20 }
  const key = name.replace(/^</, '').toLowerCase()
  const directive: Directive = { id: 0, name, key, text: args.join(' '), args, span, section: name.startsWith('<'), children: [] }
  const tree: Tree = {
    directives: [directive],
    byId: [directive],
    refused: null,
    findings: [],
    modules: new Set(),
    defines: new Map(),
    files: [],
    modulesAssumed: false
  }
  return buildDrafts(tree, host, options).findings
}

describe('no directive that httpd knows is passed over in silence', () => {
  const unmodelled = names.filter((name) => {
    const key = name.replace(/^</, '').toLowerCase()
    return !modelled.has(key) && !structural.has(key)
  })

  it.each(unmodelled)('%s', (name) => {
    for (const args of [[], ['On'], ['Off'], ['none'], ['disabled'], ['word', 'word']]) {
      const findings = findingsOf(name, args)
      expect(findings.map(({ span, message }) => [span?.line, message.startsWith(name)])).toEqual([[7, true]])
    }
  })

  test('and no word of ours is one that httpd does not know', () => {
    const known = new Set(names.map((name) => name.replace(/^</, '').toLowerCase()))
    expect([...modelled].filter((key) => !known.has(key))).toEqual([])
    expect([...structural].filter((key) => !known.has(key))).toEqual([])
  })
})

describe('what kind of finding', () => {
  const kind = ([name = '', ...args]: readonly string[]): string => {
    const [finding] = findingsOf(name, args)
    if (finding === undefined) return 'none'
    return finding.routing ? 'routing' : finding.code === noEffect ? 'quiet' : finding.severity
  }

  test('one that changes routing names the way out on the screens and on the command line', () => {
    expect(findingsOf('AuthType', ['Basic'])[0]?.hint).toMatch(/“Start without…” on the Config screen, --lenient on the command line\.$/)
  })

  it.each([
    ['LogLevel', 'info'],
    ['User', 'www-data'],
    ['IndexOptions', 'FancyIndexing'],
    ['SSLCARevocationCheck', 'none'],
    ['HostnameLookups', 'Off'],
    ['RewriteEngine', 'Off'],
    ['H2MinWorkers', '4'],
    ['H2WebSockets', 'off']
  ])('%s %s: nothing on the wire', (...words) => expect(kind(words)).toBe('quiet'))

  it.each([
    ['MimeMagicFile', 'magic'],
    ['ProxySourceAddress', '127.0.0.2'],
    ['SSLOptions', '+StdEnvVars'],
    ['HostnameLookups', 'On'],
    ['SSLSessionTickets', 'off'],
    ['ContentDigest', 'On'],
    ['Protocols', 'h2', 'http/1.1'],
    ['H2WebSockets', 'on'],
    ['H2Push', 'on']
  ])('%s %s: bytes or TLS', (...words) => expect(kind(words)).toBe('warning'))

  it.each([
    ['SSLCARevocationCheck', 'chain'],
    ['SSLProxyCARevocationCheck', 'leaf'],
    ['SSLOptions', '+FakeBasicAuth'],
    ['AllowMethods', 'GET'],
    ['StrictHostCheck', 'On'],
    ['AuthType', 'Basic']
  ])('%s %s: which answer', (...words) => expect(kind(words)).toBe('routing'))
})

it('HTTP/2 is said to be missing where a config offers it, at its place', () => {
  const { findings, site } = load('Listen 80\nProtocols h2 h2c http/1.1\nProtocols http/1.1\n')
  expect(site).not.toBeNull()
  expect(findings.filter(({ message }) => message.startsWith('Protocols'))).toMatchObject([
    { message: 'Protocols: h2 and h2c are HTTP/2, which is not served here: clients get HTTP/1.1.', span: { line: 2 }, routing: false }
  ])
})

describe('PassEnv', () => {
  const config =
    'Listen 80\nPassEnv SY_HOME SY_NOT\nRequestHeader set X-Home "%{SY_HOME}e" env=SY_HOME\nProxyPass / http://127.0.0.1:3000/\n'

  it('takes what the environment says when the config is read, and names what it lacks', () => {
    const { site, findings } = load(config, { environment: { SY_HOME: '/home/sy' } })
    const out = sent(start(site as NonNullable<typeof site>, get('/')).step)
    expect(out.head.fields).toEqual(expect.arrayContaining(['X-Home', '/home/sy']))
    expect(findings.filter(({ code }) => code === 'environment-missing').map(({ message, span }) => [span?.line, message])).toEqual([
      [2, 'PassEnv SY_NOT: no such variable is in the environment here, so nothing is passed on.']
    ])
  })
})

/** Files in a folder of their own, and a config in which `@` is that folder. */
function inFolder(files: readonly string[], config: string): readonly Finding[] {
  const folder = mkdtempSync(join(tmpdir(), 'switchyard-served-'))
  onTestFinished(() => rmSync(folder, { recursive: true }))
  for (const file of files) {
    mkdirSync(dirname(join(folder, file)), { recursive: true })
    writeFileSync(join(folder, file), 'Require all denied\n')
  }
  const { findings } = apacheDialect.load([{ path: '/srv/site.conf', text: config.replaceAll('@', folder) }], host, options)
  return findings.map((each) => ({ ...each, message: each.message.replaceAll(folder, '@') }))
}
const unread = (findings: readonly Finding[]): unknown[] =>
  findings
    .filter(({ message }) => message.includes('is not read'))
    .map(({ message, span, routing }) => [message.split(' ')[0], span?.line, routing])

describe('.htaccess', () => {
  const open = (more: string): string => `Listen 80\nDocumentRoot @/www\n<Directory @/>\nAllowOverride All\n</Directory>\n${more}`

  it('is found in, below and above what is served', () => {
    const findings = inFolder(['.htaccess', 'www/index.html', 'www/a/b[1]/.htaccess', 'www/.dot/.htaccess', 'else/.htaccess'], open(''))
    expect(unread(findings)).toEqual([
      ['@/.htaccess', 4, true],
      ['@/www/a/b[1]/.htaccess', 4, true],
      ['@/www/.dot/.htaccess', 4, true]
    ])
  })
  it('is found behind an Alias, and by the name that AccessFileName gives it', () => {
    const findings = inFolder(['www/.htaccess', 'else/rules'], open('Alias /else @/else\nAccessFileName rules\n'))
    expect(unread(findings)).toEqual([['@/else/rules', 4, true]])
  })
  it('is nothing where no override is allowed', () => {
    const inner =
      '<Directory @/www/a>\nAllowOverride None\n</Directory>\n<Directory @/www/a/deep>\nAllowOverrideList Redirect\n</Directory>\n'
    const findings = inFolder(['www/a/.htaccess', 'www/a/deep/.htaccess', 'www/b/.htaccess'], open(inner))
    expect(unread(findings)).toEqual([
      ['@/www/a/deep/.htaccess', 10, true],
      ['@/www/b/.htaccess', 4, true]
    ])
    expect(unread(inFolder(['www/.htaccess'], 'Listen 80\nDocumentRoot @/www\n'))).toEqual([])
  })
  it('is nothing where every path is proxied', () => {
    expect(unread(inFolder(['www/.htaccess'], open('ProxyPass / http://127.0.0.1:3000/\n')))).toEqual([])
    expect(unread(inFolder(['www/.htaccess'], open('ProxyPass /static !\nProxyPass / http://127.0.0.1:3000/\n')))).toHaveLength(1)
  })
  it('is looked for in a bounded number of files, which is said', () => {
    const many = Array.from({ length: mostEntries + 5 }, (_, i) => `/srv/www/${i}`)
    const crowded = Object.assign(new FileConfigHost(() => null), {
      stat: () => 'missing' as const,
      glob: (pattern: string) => (pattern === '/srv/www/*' ? many : [])
    })
    const text = open('').replaceAll('@', '/srv')
    const { findings } = apacheDialect.load([{ path: '/srv/site.conf', text }], crowded, options)
    const said = findings.filter(({ message }) => message.startsWith('More than'))
    expect(said.map(({ span, routing }) => [span?.line, routing])).toEqual([[4, false]])
  })
})

describe('Options Indexes', () => {
  const listed = (config: string): unknown[] =>
    load(`Listen 80\nDocumentRoot /srv/www\n${config}`)
      .findings.filter(({ message }) => message.startsWith('Options Indexes'))
      .map(({ span }) => span?.line)

  it.each([
    ['around what is served', '<Directory /srv>\nOptions +Indexes\n</Directory>\n', [4]],
    ['in it', '<Directory /srv/www/files>\nOptions All\n</Directory>\n', [4]],
    ['for all', 'Options Indexes FollowSymLinks\n', [3]],
    ['elsewhere', '<Directory /usr/share>\nOptions Indexes\n</Directory>\n', []],
    ['taken back', '<Directory /srv>\nOptions Indexes\n</Directory>\n<Directory /srv/www>\nOptions -Indexes\n</Directory>\n', []],
    ['said anew without', 'Options Indexes\n<Directory /srv/www>\nOptions FollowSymLinks\n</Directory>\n', []]
  ])('%s', (_where, config, lines) => expect(listed(config)).toEqual(lines))
})
