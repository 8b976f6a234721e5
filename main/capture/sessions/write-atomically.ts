import { closeSync, fsyncSync, openSync, renameSync, rmSync, writeSync } from 'node:fs'

/** Replaces a file's text: whoever reads it sees the old one or the new one, also after a crash. Mode 0600. */
export function writeAtomically(path: string, text: string): void {
  const draft = `${path}.${process.pid}-${Math.random().toString(36).slice(2)}`
  const descriptor = openSync(draft, 'wx', 0o600)
  try {
    writeSync(descriptor, text)
    fsyncSync(descriptor)
  } finally {
    closeSync(descriptor)
  }
  try {
    renameSync(draft, path)
  } catch (thrown) {
    rmSync(draft, { force: true })
    throw thrown
  }
}
