import { execFile } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/** `NOT_IN_*` of http_config.h, as main/dialects/apache/syntax/walking/context.ts has them. */
const notIn = { virtualHost: 1, limit: 2, directory: 4, location: 8, files: 16, proxy: 64 }
const places = [
  { bit: notIn.virtualHost, open: ['<VirtualHost *:80>'], close: ['</VirtualHost>'], says: 'within <VirtualHost>' },
  { bit: notIn.directory, open: ['<Directory /x>'], close: ['</Directory>'], says: 'within <Directory>' },
  { bit: notIn.location, open: ['<Location /x>'], close: ['</Location>'], says: 'within <Location>' },
  { bit: notIn.files, open: ['<Files x>'], close: ['</Files>'], says: 'within <Files>' },
  { bit: notIn.proxy, open: ['<Proxy http://x/>'], close: ['</Proxy>'], says: 'within <Proxy>' },
  { bit: notIn.limit, open: ['<Location /x>', '<Limit GET>'], close: ['</Limit>', '</Location>'], says: 'within <Limit>' }
]
const words = {
  TAKE1: 1,
  TAKE2: 2,
  ITERATE: 1,
  ITERATE2: 2,
  TAKE12: 1,
  TAKE3: 3,
  TAKE23: 2,
  TAKE123: 1,
  TAKE13: 1,
  TAKE_ARGV: 1,
  RAW_ARGS: 2,
  NO_ARGS: 0
}
const onRead = 256
const outsideSections = 128

/**
 * Asks `-t` of a server which sections a directive's own function refuses, beyond what its table entry says. Gives
 * `Map(name in lower case → bits)`. `modules` as of readCommandTables, `folder` where their objects lie.
 */
export async function probeForbidden(server, folder, modules) {
  const work = mkdtempSync(join(tmpdir(), 'directives-'))
  const loads = modules
    .filter((m) => m.so !== null && !m.symbol.startsWith('mpm_'))
    .map((m) => `LoadModule ${m.symbol} ${join(folder, m.so)}`)
  const found = new Map()
  const jobs = modules.flatMap((m) =>
    m.directives.filter((d) => (d.overrides & onRead) === 0).map((d) => ({ directive: d, mpm: mpmOf(m) }))
  )
  const next = async (worker) => {
    for (let job = jobs.pop(); job !== undefined; job = jobs.pop()) {
      const ask = (place) =>
        occursWithin(
          server,
          join(work, `${worker}.conf`),
          [`LoadModule ${job.mpm}_module ${folder}/mod_${job.mpm}.so`, ...loads],
          place,
          job.directive
        )
      const bits = await forbiddenBits(job.directive, ask)
      if (bits !== 0) found.set(job.directive.name.toLowerCase(), bits)
    }
  }
  await Promise.all([next(1), next(2)])
  rmSync(work, { recursive: true })
  return found
}

function mpmOf(module) {
  return module.symbol.startsWith('mpm_') ? module.symbol.replace('_module', '') : 'mpm_event'
}

/** A directive for servers alone is never asked about in sections: httpd looks at the table first. */
async function forbiddenBits(directive, ask) {
  let bits = 0
  for (const place of directive.overrides === outsideSections ? places.slice(0, 1) : places) {
    const says = await ask(place)
    if (says.includes('within directory context')) bits |= notIn.directory | notIn.location | notIn.files
    else if (says.includes(place.says)) bits |= place.bit
  }
  return bits
}

function occursWithin(server, path, loads, place, directive) {
  const argument = directive.kind === 'FLAG' ? 'On' : Array(words[directive.kind]).fill('x').join(' ')
  const lines = directive.name.startsWith('<')
    ? [`${directive.name} x>`, `</${directive.name.slice(1)}>`]
    : [`${directive.name} ${argument}`.trim()]
  writeFileSync(path, [...loads, ...place.open, ...lines, ...place.close, ''].join('\n'))
  return new Promise((resolve) => {
    execFile(server, ['-t', '-f', path], { encoding: 'latin1' }, (_error, _stdout, stderr) => {
      resolve(/^.*cannot occur (within .*)$/m.exec(stderr)?.[1] ?? '')
    })
  })
}
