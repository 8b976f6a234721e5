import { execFileSync } from 'node:child_process'
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { moduleTable, tableVersion } from '../../../../main/dialects/apache/directives.data.js'
import { override } from '../../../../main/dialects/apache/syntax/modules.js'
// @ts-expect-error plain JavaScript, since the table is generated with it
import { readCommandTables } from './directives/command-tables.mjs'

const server = '/usr/sbin/apache2'
const folder = '/usr/lib/apache2/modules'
const minuteMs = 60_000

/** `name (module)` → what `-L` says of where it may stand, with all of Debian's modules and one MPM loaded. */
function listDirectives(mpm: string): Map<string, string> {
  const work = mkdtempSync(join(tmpdir(), 'directives-'))
  const config = join(work, 'all.conf')
  const names = readdirSync(folder).filter((name) => /^mod_.*\.so$/.test(name) && !name.startsWith('mod_mpm_'))
  const symbols = [mpm, ...names.map((name) => name.slice(4, -3))]
  const loads = symbols.map((name) => `LoadModule ${name}_module ${folder}/mod_${name}.so`)
  writeFileSync(config, [...loads, 'ServerName localhost', `ErrorLog ${work}/error.log`, ''].join('\n'))
  const text = execFileSync(server, ['-f', config, '-L'], { encoding: 'latin1', maxBuffer: 1 << 24, stdio: ['ignore', 'pipe', 'ignore'] })
  rmSync(work, { recursive: true })
  return readListing(text)
}

/** A usage text may have lines of its own before the one that says where. */
function readListing(text: string): Map<string, string> {
  const entries = text.split(/^(?=\S+ \(\S+\.c\)$)/m).map((entry) => {
    const where = /^\tAllowed in \*\.conf (.*(?:\n\twhen AllowOverride.*)?)$/m.exec(entry)?.[1] ?? ''
    return [entry.slice(0, entry.indexOf('\n')), where.replace(' [no per-dir config]', '').replace(/\s+/g, ' ')] as const
  })
  return new Map(entries)
}

/** The same words for a row of our table: show_overrides of httpd's config.c. */
function whereAllowed(overrides: number): string {
  const has = (bits: number) => (overrides & bits) !== 0
  const anywhere =
    has(override.options | override.fileInfo | override.indexes) ||
    (has(override.server) && has(override.directory | override.authConfig | override.limit))
  const place = anywhere ? 'anywhere' : `only ${has(override.server) ? 'outside' : 'inside'} <Directory>, <Files>, <Location>, or <If>`
  if (!has(override.all)) return place
  if ((overrides & override.all) === override.all) return `${place} and in .htaccess when AllowOverride isn't None`
  const named = [
    [override.authConfig, 'AuthConfig'],
    [override.limit, 'Limit'],
    [override.options, 'Options'],
    [override.fileInfo, 'FileInfo'],
    [override.indexes, 'Indexes']
  ] as const
  const classes = named.filter(([bit]) => has(bit)).map(([, name]) => name)
  return `${place} and in .htaccess when AllowOverride includes ${classes.join(' or ')}`
}

/** Ours, for an MPM: `name (module)` → where. */
function ourDirectives(mpm: string): Map<string, string> {
  const modules = moduleTable.filter((row) => !row.symbol.startsWith('mpm_') || row.symbol === `${mpm}_module`)
  return new Map(
    modules.flatMap((row) => row.directives.map(([name, , overrides]) => [`${name} (${row.file})`, whereAllowed(overrides)] as const))
  )
}

const installed = /Apache\/([\d.]+)/.exec(execFileSync(server, ['-v'], { encoding: 'latin1' }))?.[1] ?? ''

/** A patch release adds or drops a directive now and then (2.4.68 has two of mod_auth_digest that 2.4.71 has not). */
const mostChangedByPatch = 10

describe('the table of directives', () => {
  it.each(['mpm_event', 'mpm_worker', 'mpm_prefork'])(
    `is what apache2 -L lists with %s and every module loaded, contexts equal (table ${tableVersion}, installed ${installed})`,
    { timeout: minuteMs },
    (mpm) => {
      const real = listDirectives(mpm)
      const ours = ourDirectives(mpm)
      expect(real.size).toBeGreaterThan(700)
      const apart = [...[...ours.keys()].filter((name) => !real.has(name)), ...[...real.keys()].filter((name) => !ours.has(name))]
      if (installed === tableVersion) expect(apart).toEqual([])
      else expect(apart.length, apart.join(', ')).toBeLessThanOrEqual(mostChangedByPatch)
      expect([...ours].filter(([name, where]) => real.has(name) && real.get(name) !== where)).toEqual([])
    }
  )

  it('takes arguments as the command tables of the installed binaries say', () => {
    const read = readCommandTables(server, folder) as readonly {
      readonly file: string
      readonly directives: readonly { readonly name: string; readonly kind: string }[]
    }[]
    const real = new Map(read.flatMap(({ file, directives }) => directives.map(({ name, kind }) => [`${name} (${file})`, kind] as const)))
    const ours = moduleTable.flatMap(({ file, directives }) => directives.map(([name, kind]) => [`${name} (${file})`, kind] as const))
    expect(real.size).toBeGreaterThan(700)
    expect(ours.filter(([name, kind]) => real.has(name) && real.get(name) !== kind)).toEqual([])
  })

  it('is of the release line that is installed', () => {
    expect(installed.split('.').slice(0, 2)).toEqual(tableVersion.split('.').slice(0, 2))
  })
})
