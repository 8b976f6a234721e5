import { execFileSync } from 'node:child_process'
import { mkdtempSync, rmSync, truncateSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it, onTestFinished } from 'vitest'
import { dialects } from '../../main/host/load-config.js'
import { dialectOf, readSources } from '../../main/host/sources.js'

function folder(): string {
  const path = mkdtempSync(join(tmpdir(), 'switchyard-host-'))
  onTestFinished(() => rmSync(path, { recursive: true, force: true }))
  return path
}

const apache = { path: '/x/site.conf', text: '<VirtualHost *:80>\n  ProxyPass / http://a/\n</VirtualHost>\n' }
const native = { path: '/x/switchyard.json', text: '{ "routes": [] }' }
const nginx = { path: '/x/nginx.conf', text: 'server {\n  listen 80;\n  location / { proxy_pass http://a; }\n}\n' }

describe('readSources', () => {
  it('reads files in order, a char a byte', () => {
    const file = join(folder(), 'a.conf')
    writeFileSync(file, Buffer.from([0x23, 0xc3, 0xa4, 0xff, 0x0a]))
    expect(readSources([file, file])).toEqual([
      { path: file, text: '#\u00c3\u00a4\u00ff\n' },
      { path: file, text: '#\u00c3\u00a4\u00ff\n' }
    ])
  })

  it('says of a file that cannot be read which, and why', () => {
    const here = folder()
    const missing = join(here, 'none.conf')
    expect(() => readSources([missing])).toThrow(`${missing} cannot be read: there is no such file.`)
    expect(() => readSources([here])).toThrow(`${here} cannot be read: it is a folder.`)
    expect(() => readSources([missing])).toThrow(expect.objectContaining({ code: 'config-unreadable', hint: 'Check the path.' }))
  })

  it('does not read on for ever, nor wait for a pipe that nobody writes to', () => {
    const here = folder()
    writeFileSync(join(here, 'huge'), '')
    truncateSync(join(here, 'huge'), 16 * 1024 * 1024 + 1)
    execFileSync('mkfifo', [join(here, 'pipe')])
    expect(() => readSources([join(here, 'huge')])).toThrow('it is larger than 16 MiB.')
    expect(() => readSources([join(here, 'pipe')])).toThrow('it is no file.')
    expect(() => readSources(['/dev/zero'])).toThrow('/dev/zero cannot be read: it is no file.')
  })
})

describe('dialectOf', () => {
  it('detects what each text is', () => {
    expect(dialectOf([apache], dialects, null).name).toBe('apache')
    expect(dialectOf([apache, { ...apache, path: '/x/b.conf' }], dialects, null).name).toBe('apache')
    expect(dialectOf([native], dialects, null).name).toBe('native')
  })

  it('takes what the user says instead', () => {
    expect(dialectOf([nginx], dialects, 'apache').name).toBe('apache')
  })

  it('refuses kinds that differ, naming both', () => {
    expect(() => dialectOf([apache, native], dialects, null)).toThrow(
      expect.objectContaining({
        code: 'bad-argument',
        message: 'These configs are of different kinds: /x/site.conf is apache, /x/switchyard.json is switchyard.'
      })
    )
  })

  it('refuses a config of a server that it does not read, whether detected or named', () => {
    expect(() => dialectOf([nginx], dialects, null)).toThrow(
      expect.objectContaining({ code: 'config-unreadable', hint: expect.stringContaining('apache and switchyard') })
    )
    expect(() => dialectOf([nginx], dialects, 'nginx')).toThrow(expect.objectContaining({ code: 'bad-argument' }))
  })
})
