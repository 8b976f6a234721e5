import { copyFileSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { ndjsonLines } from '../../main/capture/export/ndjson.js'
import { echoBackend, echoed, openTunnel } from '../host/running-host.js'
import { freePort } from '../oracle/loopback.js'
import { serving, temporaryFolder } from './running.js'

interface Line {
  readonly type: string
  readonly opcode: number
  readonly text: string
}

async function framesOf(file: string): Promise<Line[]> {
  const pieces: string[] = []
  for await (const piece of ndjsonLines(file, new AbortController().signal)) pieces.push(piece)
  const lines = pieces
    .join('')
    .trim()
    .split('\n')
    .filter((line) => line !== '')
  return lines.map((line) => JSON.parse(line) as Line).filter(({ type, opcode }) => type === 'frame' && opcode === 1)
}

/** One run of the program with some traffic. @returns its folder of captures, and what was said in both directions. */
async function stoppedRun(backend: number, at: number): Promise<{ captures: string; said: string[] }> {
  const running = await serving(['--route', `/=ws://127.0.0.1:${backend}/`, `--listen=${await freePort()}`, '--no-ui'])
  const said: string[] = []
  // Each fifth run is idle, some stop in the middle of talk, some when everything was committed long ago.
  if (at % 5 > 0) {
    const tunnel = await openTunnel(`ws://${running.at}/`)
    for (let count = 0; count < at * 3; count++) said.push(await echoed(tunnel, `message ${count} of run ${at}`))
    if (at % 5 === 4) said.push(await echoed(tunnel, 'long '.repeat(2000)))
  }
  expect(await running.stop('SIGTERM')).toMatchObject({ code: 0, err: '' })
  return { captures: join(running.data, 'captures'), said }
}

it('20 starts and stops leave one file each, which is whole without any other', { timeout: 120_000 }, async () => {
  const backend = await echoBackend()
  const one = async (at: number): Promise<void> => {
    const { captures, said } = await stoppedRun(backend, at)
    const files = readdirSync(captures)
    expect(files.filter((name) => !/-seg\d+$/.test(name))).toEqual([expect.stringMatching(/^[\dTZ-]+\.swycap$/)])
    expect(files).toHaveLength(at % 5 === 4 ? 2 : 1)
    // Elsewhere, and alone: what stands in a segment is missing there, its line is not.
    const alone = join(temporaryFolder(), 'alone.swycap')
    const [name = ''] = files.filter((file) => file.endsWith('.swycap'))
    copyFileSync(join(captures, name), alone)
    expect(await framesOf(alone)).toHaveLength(2 * said.length)
    expect((await framesOf(join(captures, name))).map(({ text }) => text).sort()).toEqual([...said, ...said].sort())
  }
  for (let at = 0; at < 20; at += 4) await Promise.all([at, at + 1, at + 2, at + 3].map(one))
})
