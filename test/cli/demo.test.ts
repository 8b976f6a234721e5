import { expect, it } from 'vitest'
import { ownCommand } from '../../main/host/own-command.js'
import { shellLine } from '../../shared/shell-words.js'
import { bundled } from '../bundled.js'
import { freePort } from '../oracle/loopback.js'
import { Running, runIn } from './running.js'

interface Line {
  readonly type: string
  readonly at: number
  readonly from: string
  readonly opcode: number
  readonly text: string
  readonly method: string
  readonly target: string
  readonly status: number
  readonly state: string
}

async function exported(data: string): Promise<Line[]> {
  const { code, out } = await runIn(data, 'export', 'last', '--ndjson', '-')
  expect(code).toBe(0)
  return out.split('\n').flatMap((line) => (line === '' ? [] : [JSON.parse(line) as Line]))
}

it.each(['tls', 'listen'])(
  'the demo has frames in the capture within a second, of several kinds, and its page (--%s)',
  async (option) => {
    const port = await freePort()
    const demo = new Running([`--${option}=${port}`, '--no-ui'])
    await demo.line(/^ready$/)
    const readyAtUs = Date.now() * 1000
    const lines = await expect
      .poll(async () => (await exported(demo.data)).filter(({ type }) => type === 'frame').map(({ from, opcode }) => `${from} ${opcode}`), {
        timeout: 12_000
      })
      // Ticks, what the visitor says in text and in bytes, a ping and its pong (RFC 6455 §5.5.2).
      .toEqual(expect.arrayContaining(['server 1', 'client 1', 'client 2', 'server 2', 'server 9', 'client 10']))
      .then(async () => await exported(demo.data))
    const first = lines.find(({ type }) => type === 'frame')
    expect((first?.at ?? Infinity) - readyAtUs).toBeLessThan(1e6)
    const exchanges = lines.filter(({ type }) => type === 'exchange')
    expect(exchanges.map(({ method, target, status }) => `${method} ${target} ${status}`).sort()).toEqual([
      'GET /demo/ 200',
      'GET /demo/chat 101'
    ])
    // One that waits for the last tunnel does not wait for the demo's own.
    const ended = await demo.stop('SIGQUIT')
    expect(ended).toMatchObject({ code: 0, signal: null, err: expect.not.stringContaining('waiting') })
    // Notes leave the lines that scripts read alone.
    expect(ended.out).toMatch(/^listening \S+\nready\n$/)
    const s = option === 'tls' ? 's' : ''
    const places = `note: demo ws${s}://localhost:${port}/demo/chat \u00b7 page http${s}://localhost:${port}/demo/\n`
    expect(ended.err).toContain(places)
    expect(ended.err.includes(`${shellLine([...ownCommand(bundled('cli/switchyard')), 'ca', 'install'])} has this machine trust it`)).toBe(
      option === 'tls'
    )
  },
  30_000
)
