#!/usr/bin/env node
import { readFileSync } from 'node:fs'
import { ca, caHelp } from './ca.js'
import { check, checkHelp } from './check.js'
import { connect, connectHelp } from './connect.js'
import { exportHelp, exportSession } from './export.js'
import { sayError } from './print.js'
import { serve, serveHelp } from './serve.js'

interface Command {
  readonly run: (words: readonly string[]) => Promise<number> | number
  readonly help: string
}

const commands: Readonly<Record<string, Command>> = {
  serve: { run: serve, help: serveHelp },
  check: { run: check, help: checkHelp },
  ca: { run: ca, help: caHelp },
  export: { run: exportSession, help: exportHelp },
  connect: { run: connect, help: connectHelp }
}

const help = `Switchyard: your production proxy on your desk

switchyard [serve] [CONFIG…]   serves an Apache config or a switchyard.json here; without one, a demo
switchyard check CONFIG…       what is wrong with a config, or not modelled yet
switchyard ca …                the local authorities that make wss:// work
switchyard export SESSION …    what was captured, as NDJSON
switchyard connect URL         a WebSocket client in the terminal

switchyard COMMAND --help      more of each
switchyard --version
`

/** @returns the exit code. */
async function main(words: readonly string[]): Promise<number> {
  const [first = ''] = words
  if (first === '--help' || first === '-h' || first === 'help') return say(commands[words[1] ?? '']?.help ?? help)
  if (first === '--version') return say(`${version()}\n`)
  const named = Object.hasOwn(commands, first) ? first : null
  const command = commands[named ?? 'serve'] as Command
  const rest = named === null ? words : words.slice(1)
  if (rest.includes('--help') || rest.includes('-h')) return say(command.help)
  return await command.run(rest)
}

function say(text: string): number {
  process.stdout.write(text)
  return 0
}

function version(): string {
  const manifest = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8')) as { version: string }
  return manifest.version
}

// A pipe that is closed early (`| head`) is no error.
process.stdout.on('error', (error: NodeJS.ErrnoException) => process.exit(error.code === 'EPIPE' ? 0 : 1))

const words = process.argv.slice(2)
main(words).then(
  (code) => (process.exitCode = code),
  (thrown: unknown) => (process.exitCode = sayError(thrown, words.includes('--json')))
)
