import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { setTimeout } from 'node:timers/promises'
import { chromium } from 'playwright-core'
import type { Browser, Page } from 'playwright-core'
import { expect, onTestFinished } from 'vitest'
import { cpuBetween, sampleCpu } from '../../bench/process-cpu.js'
import { environment } from './running-app.js'
import { unprivileged } from './unprivileged.js'

/** A program that is started as a user starts it, with nothing to hold it up, and looked at over Chromium's own port. */
export interface DrivenApp {
  readonly page: Page
  readonly startedAtMs: number
  /** Ends it by a signal. @returns exit code and signal. */
  readonly stop: () => Promise<unknown>
}

const restMs = 500
/** Of a CPU: what a demo that visits itself takes. */
const restingShare = 0.1

/** @param words program and arguments. It ends with the test. @param undisturbed it is looked at when it has come to rest */
export async function drivenApp(
  words: readonly string[],
  own: { DISPLAY: string; HOME: string },
  { undisturbed = false } = {}
): Promise<DrivenApp> {
  const [command = '', ...args] = [...unprivileged(), ...words, '--disable-gpu', '--remote-debugging-port=0']
  const startedAtMs = Date.now()
  const child = spawn(command, args, { env: environment(own), stdio: ['ignore', 'ignore', 'pipe'] })
  const ended = once(child, 'exit')
  const stop = async (): Promise<unknown> => {
    child.kill('SIGTERM')
    return await ended
  }
  onTestFinished(async () => void (await stop()))
  const url = await devTools(child.stderr)
  child.stderr.resume()
  await committed(url)
  if (undisturbed) await atRest(child.pid ?? 0)
  const browser = await chromium.connectOverCDP(url, { timeout: 90_000 })
  return { page: firstPage(browser), startedAtMs, stop }
}

async function atRest(pid: number): Promise<void> {
  let [before, usedS] = [sampleCpu(pid), Infinity]
  while (usedS > (restingShare * restMs) / 1000) {
    await setTimeout(restMs)
    const now = sampleCpu(pid)
    usedS = cpuBetween(before, now)
    before = now
  }
}

/** The address that Chromium prints where it is asked to be driven. */
async function devTools(stderr: NodeJS.ReadableStream): Promise<string> {
  for await (const line of createInterface({ input: stderr })) {
    const url = /^DevTools listening on (ws:.*)$/.exec(line)?.[1]
    if (url !== undefined) return url
  }
  throw new Error('It ended before it could be driven.')
}

/** Until its page has a title of its own: a driver that attaches while the first navigation is committed waits for it without end. */
async function committed(devToolsUrl: string): Promise<void> {
  const list = devToolsUrl.replace(/^ws:(.*)\/devtools\/.*$/, 'http:$1/json/list')
  await expect.poll(() => titles(list), { timeout: 60_000 }).toEqual([expect.stringMatching(/^(Switchyard|Bare)$/)])
}
async function titles(list: string): Promise<string[]> {
  const targets = (await (await fetch(list)).json()) as { type: string; title: string }[]
  return targets.filter(({ type }) => type === 'page').map(({ title }) => title)
}

function firstPage(browser: Browser): Page {
  const page = browser.contexts()[0]?.pages()[0]
  if (page === undefined) throw new Error('The browser has no page.')
  return page
}
