// The command, as a process of its own.
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { createInterface } from 'node:readline'

const command = join(import.meta.dirname, '../../out/cli/switchyard.js')

/** Starts `switchyard serve`. @returns once it is ready: where its screens are, and what ends it. */
export async function serve(args) {
  const child = spawn(process.execPath, [command, 'serve', ...args], { stdio: ['ignore', 'pipe', 'inherit'] })
  const exit = once(child, 'exit')
  const end = async () => {
    child.kill('SIGTERM')
    await exit
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
