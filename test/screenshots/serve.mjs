// The command, as a process of its own.
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { createServer } from 'node:net'
import { mkdtempSync, rmSync, symlinkSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { delimiter, join } from 'node:path'
import { createInterface } from 'node:readline'

const command = join(import.meta.dirname, '../../out/cli/switchyard.js')

/**
 * Starts `switchyard serve`, linked as a user has it: what the screens tell to type names no folder of this machine.
 * @returns once it is ready: where its screens are, and what ends it.
 */
export async function serve(args, home) {
  const bin = mkdtempSync(join(tmpdir(), 'switchyard-bin-'))
  symlinkSync(command, join(bin, 'switchyard'))
  const PATH = [bin, process.env.PATH].join(delimiter)
  const child = spawn(process.execPath, [command, 'serve', ...args], {
    stdio: ['ignore', 'pipe', 'inherit'],
    env: { ...process.env, PATH, HOME: home, XDG_DATA_HOME: '' }
  })
  const exit = once(child, 'exit')
  const end = async () => {
    child.kill('SIGTERM')
    await exit
    rmSync(bin, { recursive: true })
  }
  let screens = ''
  for await (const line of createInterface({ input: child.stdout })) {
    if (line.startsWith('screens ')) screens = line.slice('screens '.length)
    if (line !== 'ready') continue
    child.stdout.resume()
    return { screens, end }
  }
  throw new Error(`serve ended with ${(await exit)[0]}`)
}

export async function freePort() {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address()
  await new Promise((resolve) => server.close(resolve))
  return port
}
