import { execFileSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { onTestFinished } from 'vitest'
import type { Authority } from '../../main/certs/authority.js'
import { Authorities } from '../../main/certs/authorities.js'

/** A folder of its own for one test, gone afterwards. */
export function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'switchyard-certs-'))
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }))
  return folder
}

/** 24 November 2026, so that no test depends on the day it runs on. */
export const someDay = Date.UTC(2026, 10, 24, 12)
export const dayMs = 86_400_000

/** A clock that stands until it is set. */
export class Clock {
  nowMs = someDay
  readonly now = (): number => this.nowMs
  passDays(days: number): void {
    this.nowMs += days * dayMs
  }
}

/** The authority that a fresh data folder gets for these names. */
export async function authorityFor(...names: string[]): Promise<Authority> {
  const { authorities } = await new Authorities({ dataDir: temporaryFolder() }).authoritiesFor(names)
  return authorities.at(-1) as Authority
}

/** Runs openssl; what it printed on both outputs, and whether it succeeded. */
export function openssl(...args: string[]): { ok: boolean; said: string } {
  try {
    return { ok: true, said: execFileSync('openssl', args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] }) }
  } catch (failed) {
    const { stdout, stderr } = failed as { stdout: string; stderr: string }
    return { ok: false, said: `${stdout}${stderr}` }
  }
}

export function written(folder: string, name: string, text: string): string {
  const path = join(folder, name)
  writeFileSync(path, text)
  return path
}
