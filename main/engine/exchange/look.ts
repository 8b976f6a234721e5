import { lookup } from 'node:dns/promises'
import { open, stat } from 'node:fs/promises'
import type { FileFacts, Outcome } from '../../../shared/steps.js'
import { nowUs } from '../clock.js'

/** Facts of each path, in order, and up to `readUpToBytes` of what is in it. Never rejects. */
export function lookAt(paths: readonly string[], readUpToBytes: number): Promise<FileFacts[]> {
  return Promise.all(paths.map((path) => look(path, readUpToBytes)))
}

async function look(path: string, readUpToBytes: number): Promise<FileFacts> {
  try {
    const facts = await stat(path)
    const kind = facts.isFile() ? 'file' : facts.isDirectory() ? 'directory' : 'other'
    const known = { path, kind, bytes: facts.size, mtimeMs: facts.mtimeMs, inode: facts.ino } as const
    if (kind !== 'file') return known
    const content = await beginning(path, Math.min(readUpToBytes, facts.size))
    return readUpToBytes > 0 ? { ...known, content } : known
  } catch (thrown) {
    const denied = /EACCES|EPERM/.test((thrown as NodeJS.ErrnoException).code ?? '')
    return { path, kind: denied ? 'denied' : 'missing', bytes: 0, mtimeMs: 0, inode: 0 }
  }
}

/** Also finds out that a file may not be read, for which stat alone does not do. */
async function beginning(path: string, bytes: number): Promise<Uint8Array> {
  const file = await open(path, 'r')
  try {
    const buffer = new Uint8Array(bytes)
    const { bytesRead } = await file.read(buffer, 0, bytes, 0)
    return buffer.subarray(0, bytesRead)
  } finally {
    await file.close()
  }
}

/** The addresses of a host as an outcome: `addresses`, or `failure` with cause `dns`. */
export async function resolveHost(host: string): Promise<Outcome> {
  const startedAtUs = nowUs()
  try {
    const found = await lookup(host, { all: true, order: 'verbatim' })
    return { was: 'addresses', addresses: found.map(({ address }) => address) }
  } catch (thrown) {
    const { code } = thrown as NodeJS.ErrnoException
    return {
      was: 'failure',
      failure: {
        cause: 'dns',
        message: `The name ${host} was not found (${code ?? String(thrown)}).`,
        ...(code === undefined ? {} : { systemCode: code })
      },
      attempt: noAttempt(startedAtUs, host)
    }
  }
}

/** The facts of an attempt that never came to a connection. */
export function noAttempt(startedAtUs: number, host = ''): Extract<Outcome, { was: 'failure' }>['attempt'] {
  return {
    target: { host, port: 0, tls: null },
    address: '',
    reused: false,
    status: 0,
    bytesSent: 0,
    bytesReceived: 0,
    startedAtUs,
    connectedAtUs: 0,
    headAtUs: 0,
    bodyReplayable: false,
    requestSent: false
  }
}
