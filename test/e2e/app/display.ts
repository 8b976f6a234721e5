import { spawn } from 'node:child_process'
import { once } from 'node:events'
import type { Readable } from 'node:stream'

/** An X server without a screen, for the tests of one file. @returns its name, and what ends it. */
export async function virtualDisplay(): Promise<{ display: string; close: () => Promise<void> }> {
  const server = spawn('Xvfb', ['-displayfd', '3', '-screen', '0', '1600x1000x24', '-nolisten', 'tcp', '-ac'], {
    stdio: ['ignore', 'ignore', 'ignore', 'pipe']
  })
  const [number] = (await once(server.stdio[3] as Readable, 'data')) as [Buffer]
  const ended = once(server, 'exit')
  return {
    display: `:${number.toString().trim()}`,
    close: async () => {
      server.kill()
      await ended
    }
  }
}
