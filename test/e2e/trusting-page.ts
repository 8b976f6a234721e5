import { execFile } from 'node:child_process'
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'
import type { Page } from 'playwright-core'
import { browserAtHome } from '../browser-at-home.js'
import { temporaryFolder } from './switchyard.js'

const run = promisify(execFile)

/** A page of a browser whose home trusts just this authority, by its NSS database. */
export async function trustingPage(authority: string): Promise<Page> {
  const home = temporaryFolder()
  const database = join(home, '.pki/nssdb')
  mkdirSync(database, { recursive: true })
  await run('certutil', ['-N', '-d', `sql:${database}`, '--empty-password'])
  await run('certutil', ['-A', '-d', `sql:${database}`, '-t', 'C,,', '-n', 'switchyard', '-i', authority])
  return await (await browserAtHome(home)).newPage()
}
