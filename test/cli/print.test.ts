import { describe, expect, it, onTestFinished } from 'vitest'
import { WebSocketServer } from 'ws'
import type { AddressInfo } from 'node:net'
import { findingLines } from '../../main/cli/finding-lines.js'
import { escaped } from '../../main/cli/print.js'
import type { Finding } from '../../shared/trace.js'
import { Running, fileOf, run } from './running.js'

const control = /[^\P{Cc}\n]/u

describe('what people read', { timeout: 60_000 }, () => {
  it('has control characters written out', () => {
    expect(escaped('a\u001b[2Jb\u0007\u007f\u009bc\r\n\td')).toBe('a\\x1b[2Jb\\x07\\x7f\\x9bc\\r\\n\\td')
    expect(escaped('grüß dich, 你好 👋')).toBe('grüß dich, 你好 👋')
  })

  it('is safe where others wrote it: names of files, texts of configs, messages and reasons', async () => {
    const named = await run('check', '/none\u001b]0;owned\u0007.conf')
    expect(named).toMatchObject({ code: 2, err: expect.stringContaining('/none\\x1b]0;owned\\x07.conf') })
    const config = fileOf('Listen 8080\nNon\u001b[2Jsense on\n')
    const [checked, served] = [await run('check', config), await run(config, '--no-ui', '--capture', 'off')]
    expect(checked.out).toContain('Non\\x1b[2Jsense')
    expect(served.err).toContain('Non\\x1b[2Jsense')
    for (const text of [named.err, checked.out, served.err]) expect(text).not.toMatch(control)
  })

  it('has the prefix of a message on each of its lines; JSON has it as it came', async () => {
    const server = new WebSocketServer({ port: 0, host: '127.0.0.1' })
    onTestFinished(() => void server.close())
    server.on('connection', (socket) => socket.send('one\nclosed 1000\u001b[2J\r\n', () => socket.close(1000, 'so\u001b[1m\nconnected')))
    await new Promise((resolve) => server.once('listening', resolve))
    const url = `ws://127.0.0.1:${(server.address() as AddressInfo).port}/`
    const { out } = await new Running(['connect', url]).ended
    expect(out).toBe('connected\n< one\n< closed 1000\\x1b[2J\\r\n< \nclosed 1000 so\\x1b[1m\\nconnected\n')
    const asJson = await new Running(['connect', url, '--json']).ended
    expect(JSON.parse(asJson.out.split('\n')[1] ?? '')).toMatchObject({ text: 'one\nclosed 1000\u001b[2J\r\n' })
  })
})

describe('findings', { timeout: 60_000 }, () => {
  const finding = (line: number, severity: Finding['severity'], more: Partial<Finding> = {}): Finding => ({
    code: 'some-code',
    severity,
    message: `about line ${line}`,
    span: { file: 'a.conf', line, column: 1, endLine: line, endColumn: 2 },
    routing: false,
    ...more
  })

  it('stand the worst first, then by file and line; each once, and a hint once', () => {
    const hint = 'Do this.'
    const other = { ...finding(1, 'warning').span, file: 'b.conf' } as NonNullable<Finding['span']>
    const lines = findingLines([
      finding(9, 'warning', { hint }),
      finding(1, 'warning', { span: other, hint }),
      finding(3, 'error'),
      finding(2, 'warning', { hint }),
      finding(3, 'error'),
      finding(0, 'info', { span: null })
    ])
    expect(lines).toEqual([
      'a.conf:3:1: error: about line 3 [some-code]',
      'a.conf:2:1: warning: about line 2 [some-code]',
      '    Do this.',
      'a.conf:9:1: warning: about line 9 [some-code]',
      'b.conf:1:1: warning: about line 1 [some-code]',
      'note: about line 0 [some-code]'
    ])
  })

  it('count the modules that are taken as loaded; JSON names them', async () => {
    const config = fileOf('Listen 8080\nProxyPass / http://127.0.0.1:9/\n')
    expect((await run('check', config)).out).toMatch(/count as loaded \(\d+ of them; switchyard check --json lists them\)/)
    expect((await run('check', config, '--json')).out).toContain('proxy_wstunnel')
  })

  it('that stop a start are said once', async () => {
    const config = fileOf('Listen 8080\nNonsense on\nProxyRequests On\n')
    const { code, err } = await run(config, '--no-ui', '--capture', 'off')
    expect(code).toBe(1)
    expect(err.match(/Nonsense/g)).toHaveLength(1)
    expect(err).toMatch(new RegExp(`^${config}:2:1: error: `, 'm'))
    const unsupported = await run(fileOf('Listen 8080\nProxyRequests On\n'), '--no-ui', '--capture', 'off')
    expect(unsupported.err.match(/ProxyRequests/g)).toHaveLength(1)
    expect(unsupported.err).toContain('--lenient')
  })
})
