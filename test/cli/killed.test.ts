import { join } from 'node:path'
import { expect, it } from 'vitest'
import type { WebSocket } from 'ws'
import { CaptureReader } from '../../main/capture/reader/capture-reader.js'
import { SqlDatabase } from '../../main/capture/store/sqlite.js'
import { storedFrames } from '../capture/stage.js'
import { echoBackend, openTunnel } from '../host/running-host.js'
import { freePort } from '../oracle/loopback.js'
import { serving, temporaryFolder } from './running.js'

const tunnels = 4
/** Messages of one tunnel that are on their way at a time. */
const ahead = 50

/** Sends numbered messages over a tunnel, as fast as they come back, until it breaks. */
function talk(tunnel: WebSocket): void {
  let number = 0
  const next = (): void => tunnel.send(`${number++} of many`)
  tunnel.on('error', () => {}).on('message', next)
  for (let at = 0; at < ahead; at++) next()
}

function countsIn(file: string): { exchanges: number; frames: number } {
  const reader = new CaptureReader(file)
  try {
    return reader.counts()
  } finally {
    reader.close()
  }
}

/** Both sides of a tunnel say the same numbers, each once, from 0 on. */
function assertWhole(file: string, exchange: number): number {
  const frames = storedFrames(file, exchange)
  expect(frames.map(({ order }) => order)).toEqual(frames.map((_, at) => at))
  for (const side of [0, 1]) {
    const said = frames.filter((frame) => frame.side === side).map(({ payload }) => payload.toString())
    expect(said).toEqual(said.map((_, at) => `${at} of many`))
  }
  return frames.length
}

it('5 kill -9 of serve under load: what was committed is there, and the next start goes on in the file', { timeout: 300_000 }, async () => {
  const file = join(temporaryFolder(), 'killed.swycap')
  const backend = await echoBackend()
  let known = 0
  for (let round = 1; round <= 5; round++) {
    const words = ['--route', `/=ws://127.0.0.1:${backend}/`, `--listen=${await freePort()}`, '--no-ui', '--capture', file]
    const running = await serving(words)
    for (let at = 0; at < tunnels; at++) talk(await openTunnel(`ws://${running.at}/`))
    const isUnderWay = (): boolean => {
      const { exchanges, frames } = countsIn(file)
      return exchanges === tunnels * round && frames > known + 500
    }
    await expect.poll(isUnderWay, { timeout: 30_000, interval: 1 + Math.random() * 60 }).toBe(true)
    const seen = countsIn(file).frames
    expect(await running.stop('SIGKILL')).toMatchObject({ signal: 'SIGKILL' })
    const exchanges = Array.from({ length: tunnels * round }, (_, at) => at + 1)
    const stored = exchanges.reduce((sum, exchange) => sum + assertWhole(file, exchange), 0)
    // The counts of a row are written at most twice a second; the frames themselves are ahead of them.
    expect(stored).toBeGreaterThanOrEqual(seen)
    known = countsIn(file).frames
  }
  const last = await serving(['--route', '/=http://127.0.0.1:9/', `--listen=${await freePort()}`, '--no-ui', '--capture', file])
  expect(await last.stop('SIGTERM')).toMatchObject({ code: 0, err: '' })
  const database = new SqlDatabase(file)
  expect(database.prepare('PRAGMA integrity_check').all()).toEqual([['ok']])
  expect(database.prepare("SELECT count(*) FROM exchanges WHERE state = 'lost'").first()).toEqual([tunnels * 5])
  database.close()
})
