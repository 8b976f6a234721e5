import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { bundled } from '../../bundled.js'
import { ownFolder } from './unprivileged.js'

/** The threads of the bundle, one of which throws as soon as somebody connects to this port. */
export function threadsThatThrow(port: number, thrower = 'engine'): string {
  const folder = ownFolder()
  for (const name of ['engine', 'writer', 'reader', 'check']) {
    const lines = [`import ${JSON.stringify(pathToFileURL(bundled(`threads/${name}`)).href)}`]
    if (name === thrower) {
      lines.unshift(`import { createServer } from 'node:net'`)
      lines.push(`createServer(() => { throw new Error('thrown by a test') }).listen(${port}, '127.0.0.1')`)
    }
    writeFileSync(join(folder, `${name}.js`), lines.join('\n'))
  }
  writeFileSync(join(folder, 'package.json'), '{"type":"module"}')
  return folder
}

/** Words for Node before a command whose engine's thread does the same. */
export function engineThatThrows(port: number): string[] {
  const file = join(ownFolder(), 'preload.mjs')
  writeFileSync(file, preload(port))
  return ['--import', pathToFileURL(file).href]
}
/** Every thread of the process loads it; of ours, the engine's alone is told of a data folder. */
const preload = (port: number): string => `
import { createServer } from 'node:net'
import { workerData } from 'node:worker_threads'
if (workerData?.dataDir !== undefined) createServer(() => { throw new Error('thrown by a test') }).listen(${port}, '127.0.0.1')
`
