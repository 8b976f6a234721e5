import { spawn } from 'node:child_process'
import type { ChildProcess } from 'node:child_process'
import { connect } from 'node:net'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { describe, expect, it, onTestFinished } from 'vitest'
import { bundled } from '../bundled.js'
import { freePort } from '../oracle/loopback.js'
import { fileOf, temporaryFolder } from '../cli/running.js'

const project = join(import.meta.dirname, '../..')

interface Started {
  readonly child: ChildProcess
  readonly port: number
  readonly lines: string[]
  /** Resolves with the first line that fits, from now on or before. */
  readonly line: (fits: RegExp) => Promise<string>
}

/** `npm start`, in a process group of its own, that serves on a port. */
async function started(command: string, args: readonly string[], options: { cwd?: string } = {}): Promise<Started> {
  bundled('cli/switchyard')
  const port = await freePort()
  const words = args.map((word) => word.replaceAll('PORT', String(port)))
  // As from a shell: npm itself may run these tests.
  const outside = Object.entries(process.env).filter(([name]) => !/^npm_|^INIT_CWD$/.test(name))
  const env = { ...Object.fromEntries(outside), SWITCHYARD_DATA: temporaryFolder() }
  const child = spawn(command, words, { cwd: options.cwd ?? project, env, stdio: ['pipe', 'pipe', 'pipe'], detached: true })
  onTestFinished(() => endGroup(child))
  const lines: string[] = []
  const waiting: (() => void)[] = []
  for (const input of [child.stdout, child.stderr]) {
    createInterface({ input }).on('line', (line) => {
      lines.push(line.trimEnd())
      for (const look of waiting.splice(0)) look()
    })
  }
  let over = false
  child.once('close', () => {
    over = true
    for (const look of waiting.splice(0)) look()
  })
  const line = async (fits: RegExp): Promise<string> => {
    for (;;) {
      const found = lines.find((each) => fits.test(each))
      if (found !== undefined) return found
      if (over) throw new Error(`It ended without ${String(fits)}.\n${lines.join('\n')}`)
      await new Promise<void>((resolve) => waiting.push(resolve))
    }
  }
  await line(/^ready$/)
  return { child, port, lines, line }
}

function endGroup(child: ChildProcess): void {
  try {
    process.kill(-(child.pid as number), 'SIGKILL')
  } catch {
    // It is over.
  }
}

const route = ['--route', '/=http://127.0.0.1:9/', '--listen=PORT', '--no-ui']
const npmStart = ['start', '--silent', '--', ...route]

function isOpen(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1', () => resolve(true)).on('error', () => resolve(false))
    socket.once('close', () => socket.destroy())
    socket.on('connect', () => socket.destroy())
  })
}

const closes = async (port: number): Promise<void> => await expect.poll(() => isOpen(port)).toBe(false)

describe('npm start', () => {
  it.each(['SIGTERM', 'SIGKILL', 'SIGHUP'] as const)(
    'leaves no listener behind when npm gets a %s',
    async (signal) => {
      const { child, port } = await started('npm', npmStart)
      expect(await isOpen(port)).toBe(true)
      child.kill(signal)
      await closes(port)
    },
    60_000
  )

  it('leaves none behind when what runs the command is killed', async () => {
    const { child, port } = await started(process.execPath, [join(project, 'build/start.mjs'), ...route])
    child.kill('SIGKILL')
    await closes(port)
  }, 60_000)

  it('reloads once for a SIGHUP to the whole group, and stops at its end', async () => {
    const { child, port, lines, line } = await started(process.execPath, [join(project, 'build/start.mjs'), ...route])
    process.kill(-(child.pid as number), 'SIGHUP')
    await line(/^reloaded, config 2$/)
    process.kill(-(child.pid as number), 'SIGTERM')
    await closes(port)
    expect(lines.filter((each) => each.startsWith('reloaded'))).toEqual(['reloaded, config 2'])
  }, 60_000)

  it.skipIf(process.platform !== 'linux')(
    'ends with its terminal',
    async () => {
      const serve = `npm ${npmStart.map((word) => `'${word}'`).join(' ')}`
      // script(1) is the terminal: killed, it is gone as a closed window is.
      const { child, port, lines } = await started('script', ['-qfc', serve, '/dev/null'])
      child.kill('SIGKILL')
      await closes(port)
      expect(lines.join('\n')).not.toContain('reloaded')
    },
    60_000
  )

  it('names files as seen from where npm was called', async () => {
    const config = fileOf(
      JSON.stringify({ listen: [{ port: 8080 }], routes: [{ match: '/', to: 'http://127.0.0.1:9/' }] }),
      'switchyard.json'
    )
    const words = ['--prefix', project, 'start', '--silent', '--', 'switchyard.json', '--port', '8080=PORT', '--no-ui']
    const { port } = await started('npm', words, { cwd: join(config, '..') })
    expect(await isOpen(port)).toBe(true)
  }, 60_000)
})
