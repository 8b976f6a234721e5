#!/usr/bin/env node
import { existsSync, readFileSync } from 'node:fs'
import { SwitchyardError } from '../../shared/errors.js'
import { ca, caHelp } from './ca.js'
import { check, checkHelp } from './check.js'
import { connect, connectHelp } from './connect.js'
import { exportHelp, exportSession } from './export.js'
import { nearWord } from './near-word.js'
import { sayError } from './print.js'
import { serve } from './serve.js'
import { serveHelp } from './serve-options.js'

interface Command {
  readonly run: (words: readonly string[]) => Promise<number> | number
  readonly help: string
}

const commands = {
  serve: { run: serve, help: serveHelp },
  check: { run: check, help: checkHelp },
  ca: { run: ca, help: caHelp },
  export: { run: exportSession, help: exportHelp },
  connect: { run: connect, help: connectHelp }
} as const satisfies Record<string, Command>
/** Words that will be commands. Until then they are no config files either. */
const notYet: readonly string[] = ['explain', 'convert', 'open']

const help = `Switchyard: your production proxy on your desk

switchyard [serve] [CONFIG…]   serves an Apache config or a switchyard.json that is named; without, a demo
switchyard check CONFIG…       what is wrong with a config, or not modelled yet
switchyard ca …                the local authorities that make wss:// work
switchyard export SESSION …    what was captured, as NDJSON; --list: what there is
switchyard connect URL         a WebSocket client in the terminal

switchyard COMMAND --help      more of each
switchyard --version
`

/** @returns the exit code. */
async function main(words: readonly string[]): Promise<number> {
  const [first = '', second = ''] = words
  if (first === '--help' || first === '-h' || first === 'help') return say(commandOf(second)?.help ?? help)
  if (first === '--version') return say(`${version()}\n`)
  if (notYet.includes(first)) throw notYetError(first)
  const named = commandOf(first)
  if (named === undefined && isNothing(first)) throw nothingError(first)
  const command = named ?? commands['serve']
  const rest = named === undefined ? words : words.slice(1)
  if (asksForHelp(rest)) return say(command.help)
  if (command.run !== serve) endWithReader()
  return await command.run(rest)
}

function commandOf(name: string): Command | undefined {
  return Object.hasOwn(commands, name) ? commands[name as keyof typeof commands] : undefined
}

/** A word of letters alone, and no file is called so: a command, mistyped. What has a dot or a slash is a path. */
function isNothing(word: string): boolean {
  return /^[\p{L}\p{N}][\p{L}\p{N}_-]*$/u.test(word) && !existsSync(word)
}

function nothingError(word: string): SwitchyardError {
  const near = nearWord(word, Object.keys(commands))
  const meant = near === null ? '' : ` Did you mean ${near}?`
  return new SwitchyardError('bad-argument', `There is no command or file "${word}".${meant}`, {
    hint: 'switchyard --help lists what there is.'
  })
}

function asksForHelp(words: readonly string[]): boolean {
  const end = words.indexOf('--')
  return (end === -1 ? words : words.slice(0, end)).some((word) => word === '--help' || word === '-h')
}

/** A pipe that is closed early (`export … | head`) is no error, but the end of the work. */
function endWithReader(): void {
  process.stdout.on('error', (error: NodeJS.ErrnoException) => process.exit(error.code === 'EPIPE' ? 0 : 1))
}

function notYetError(name: string): SwitchyardError {
  return new SwitchyardError('bad-argument', `This version of Switchyard has no ${name} yet.`, {
    hint: `switchyard --help lists what there is; a config file of that name is ./${name}.`
  })
}

function say(text: string): number {
  process.stdout.write(text)
  return 0
}

function version(): string {
  const manifest = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8')) as { version: string }
  return manifest.version
}

const words = process.argv.slice(2)
/** The exit code, when the command is over: the packaged app, which answers it too, does not end by itself. */
export const finished: Promise<number> = main(words)
  .catch((thrown: unknown) => sayError(thrown, words.includes('--json')))
  .then((code) => (process.exitCode = code))
