import { execFileSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, truncateSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { FileConfigHost } from '../../main/host/config-host.js'

const folder = mkdtempSync(join(tmpdir(), 'switchyard-glob-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))
const host = new FileConfigHost(() => null)

for (const name of ['b.conf', 'a.conf', 'a1.conf', '.hidden.conf', 'x-y.conf', 'x]y.conf', 'a*b.conf', 'Z.conf', 'ä.conf']) {
  writeFileSync(join(folder, name), name)
}
for (const name of ['sub/one.conf', 'sub/two.txt', 'tub/one.conf', 'sub/deep/one.conf']) {
  mkdirSync(join(folder, name, '..'), { recursive: true })
  writeFileSync(join(folder, name), name)
}
symlinkSync(join(folder, 'a.conf'), join(folder, 'link.conf'))
symlinkSync(join(folder, 'nowhere'), join(folder, 'broken.link'))

const found = (pattern: string) => host.glob(`${folder}/${pattern}`).map((path) => path.slice(folder.length + 1))

describe('glob', () => {
  it.each([
    ['*.conf', ['Z.conf', 'a*b.conf', 'a.conf', 'a1.conf', 'b.conf', 'link.conf', 'x-y.conf', 'x]y.conf', 'ä.conf']],
    ['?.conf', ['Z.conf', 'a.conf', 'b.conf', 'ä.conf']],
    ['a?.conf', ['a1.conf']],
    ['[ab].conf', ['a.conf', 'b.conf']],
    ['[!a].conf', ['Z.conf', 'b.conf', 'ä.conf']],
    ['[^a].conf', ['Z.conf', 'b.conf', 'ä.conf']],
    ['[a-c].conf', ['a.conf', 'b.conf']],
    ['x[]-]y.conf', ['x-y.conf', 'x]y.conf']],
    ['a\\*b.conf', ['a*b.conf']],
    ['a[*]b.conf', ['a*b.conf']],
    ['.*.conf', ['.hidden.conf']],
    ['*/one.conf', ['sub/one.conf', 'tub/one.conf']],
    ['?ub/*.conf', ['sub/one.conf', 'tub/one.conf']],
    ['sub/one.conf', ['sub/one.conf']],
    ['sub/*/one.conf', ['sub/deep/one.conf']],
    ['none/*.conf', []],
    ['a.conf/*', []],
    ['[z-a].conf', []],
    ['a[.conf', []],
    ['*.link', ['broken.link']]
  ])('%s', (pattern, expected) => {
    expect(found(pattern)).toEqual(expected)
  })

  it('asks for no relative pattern', () => {
    expect(host.glob('*.json')).toEqual([])
  })
})

describe('readFile and stat', () => {
  it('reads files alone: no folder, no pipe that nobody writes to, nothing that is missing or huge', () => {
    execFileSync('mkfifo', [join(folder, 'pipe')])
    writeFileSync(join(folder, 'huge'), '')
    truncateSync(join(folder, 'huge'), 17 * 1024 * 1024)
    expect(host.readFile(join(folder, 'a.conf'))).toBe('a.conf')
    for (const name of ['sub', 'pipe', 'none', 'huge', 'a.conf/x']) expect(host.readFile(join(folder, name)), name).toBeNull()
  })

  it('says what a path is', () => {
    expect(['a.conf', 'link.conf', 'sub', 'none', 'broken.link'].map((name) => host.stat(join(folder, name)))).toEqual([
      'file',
      'file',
      'directory',
      'missing',
      'missing'
    ])
  })
})
