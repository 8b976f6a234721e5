import { existsSync } from 'node:fs'
import { homedir } from 'node:os'
import { dirname, resolve } from 'node:path'
import type { Params, Replies, RequestName, TextOf } from '../../shared/contract.js'
import { SwitchyardError } from '../../shared/errors.js'
import type { ConfigNote } from '../../shared/records.js'
import type { Decision } from '../../shared/trace.js'
import { fileAt } from '../capture/export/export-file.js'
import type { CaptureSession } from './capture-session.js'
import { textIn } from './config/older-texts.js'
import type { Host } from './host.js'
import { readRequestHead } from './stored-head.js'
import { storedTrace } from './stored-trace.js'

/** The requests about traffic, stored and passing. */
export type CaptureRequest = Extract<
  RequestName,
  `view.${string}` | `exchange.${string}` | `frame.${string}` | `http.${string}` | `capture.${string}`
>
type Answers = { readonly [Name in CaptureRequest]: (params: Params<Name>, signal: AbortSignal) => Promise<Replies[Name]> | Replies[Name] }

export function captureAnswers(host: Host): Answers {
  const capture = (): CaptureSession => captureOf(host.capture)
  return {
    // Not to be given up half open: whoever cancels has it closed once it is there.
    'view.open': async ({ kind, of, filter, hide, session, order }) =>
      await capture().readers.openView(capture().fileOf(session), {
        kind,
        filter,
        ...(of === undefined ? {} : { of }),
        ...(hide === undefined ? {} : { hide }),
        ...(order === undefined ? {} : { order })
      }),
    'view.window': async ({ view, first, count }, signal) =>
      await capture().readers.askView(view, 'window', { view, first, count }, signal),
    'view.indexOf': async ({ view, rows }, signal) => ({
      indexes: await capture().readers.askView(view, 'indexOf', { view, rowIds: rows }, signal)
    }),
    'view.find': async ({ view, text, from, towards }, signal) => ({
      index: await capture().readers.askView(view, 'find', { view, text, from, towards }, signal)
    }),
    'view.ack': async ({ view }) => await capture().readers.askView(view, 'ack', { view }),
    'view.close': async ({ view }) => await capture().readers.closeView(view),
    'exchange.get': async ({ exchange, session }) => await capture().readers.ask(capture().fileOf(session), 'exchange', { exchange }),
    'exchange.trace': async ({ exchange, session }) => await traceOf(host, exchange, session),
    'exchange.activity': async ({ exchanges, bins, session }, signal) => ({
      activity: await capture().readers.ask(capture().fileOf(session), 'activity', { exchanges, bins }, signal)
    }),
    'frame.body': async ({ session, ...piece }, signal) =>
      await capture().readers.ask(capture().fileOf(session), 'frameBody', piece, signal),
    'http.body': async ({ session, ...piece }, signal) => await capture().readers.ask(capture().fileOf(session), 'httpBody', piece, signal),
    'capture.export': async (params, signal) => await exportTo(capture(), params, signal),
    'capture.clear': async () => {
      // Screens are told the status when the new file is there: with counts of now.
      await host.refreshCounts()
      return { session: await capture().clear() }
    },
    'capture.pause': async ({ paused }) => {
      await capture().pause(paused)
      await host.refreshCounts()
      return host.status
    },
    'capture.sessions': () => ({ sessions: capture().list() }),
    'capture.delete': async ({ session }) => {
      await capture().delete(session)
      return null
    }
  }
}

/** @throws SwitchyardError `capture-unknown` */
export function captureOf(capture: Host['capture']): CaptureSession {
  if (capture !== null) return capture
  throw new SwitchyardError('capture-unknown', 'Capture is off in this run.', { hint: 'Start without --capture off.' })
}

function sessionOf(capture: CaptureSession, session: string | undefined) {
  return { readers: capture.readers, run: capture.run, file: capture.fileOf(session) }
}

/** The words for a stored decision: by the site that made it where it is loaded, else by what the capture keeps of its config. */
async function traceOf(host: Host, id: number, session: string | undefined): Promise<Replies['exchange.trace']> {
  const { readers, run, ...capture } = sessionOf(captureOf(host.capture), session)
  const { exchange, decisions, heads } = await readers.ask(capture.file, 'exchange', { exchange: id })
  const stored = decisions.at(-1)?.note as (Omit<Decision, 'route'> & Partial<Decision>) | undefined
  if (stored === undefined) throw new SwitchyardError('request-invalid', `Exchange ${id} has no decision yet.`)
  // One of a capture of version 1 says no route.
  const decision: Decision = { route: -1, ...stored }
  const received = heads.find(({ from, stage }) => from === 'client' && stage === 'in')
  const request = received === undefined ? null : readRequestHead(received)
  // Generations count anew with each run: in a file of several, only this one's are the engine's.
  const ours = capture.file === null && exchange.run === run
  const trace = ours ? await host.engine.ask('trace', { decision, request }) : null
  if (trace !== null) return trace
  const asked = { run: exchange.run, generation: decision.generation }
  const config = (await readers.ask(capture.file, 'config', asked)) as ConfigNote | null
  if (config !== null) return storedTrace(decision, config)
  throw new SwitchyardError('request-invalid', `The capture does not have config ${decision.generation} of exchange ${id}.`)
}

/** A file of the config that decided an exchange, as the capture keeps it. */
export async function storedText(
  capture: CaptureSession,
  file: string,
  { exchange: id, session }: Exclude<TextOf, string | { generation: number }>
): Promise<Replies['config.textOf']> {
  const { readers, file: from } = sessionOf(capture, session)
  const { exchange } = await readers.ask(from, 'exchange', { exchange: id })
  const { run, generation } = exchange
  const config = (await readers.ask(from, 'config', { run, generation })) as ConfigNote | null
  return { text: config === null ? null : textIn(config.files, file), generation }
}

async function exportTo(
  capture: CaptureSession,
  { exchanges, file, replace = false, session }: Params<'capture.export'>,
  signal: AbortSignal
): Promise<Replies['capture.export']> {
  const from = capture.fileOf(session)
  const path = pathOfUser(file)
  const target = fileAt(path)
  if (dirname(target) === capture.folder || target.startsWith(capture.file)) {
    throw new SwitchyardError('file-unwritable', `${path} is where captures are kept, so nothing is exported there.`, {
      hint: 'Choose another folder.'
    })
  }
  if (!replace && existsSync(target)) {
    throw new SwitchyardError('file-exists', `${path} is there already.`, { hint: 'Replace it, or choose another name.' })
  }
  return { file: path, exchanges: await capture.readers.ask(from, 'exportTo', { exchanges, file: target }, signal) }
}

/** As somebody types it who knows no working folder of ours: from home. */
function pathOfUser(typed: string): string {
  return resolve(homedir(), typed.replace(/^~(?=$|[\\/])[\\/]?/, ''))
}
