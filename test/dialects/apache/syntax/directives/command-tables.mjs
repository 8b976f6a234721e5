import { readdirSync } from 'node:fs'
import { basename, join } from 'node:path'
import { ElfImage } from './elf.mjs'

/** `enum cmd_how` of http_config.h, in its order. */
export const kinds = [
  'RAW_ARGS',
  'TAKE1',
  'TAKE2',
  'ITERATE',
  'ITERATE2',
  'FLAG',
  'NO_ARGS',
  'TAKE12',
  'TAKE3',
  'TAKE23',
  'TAKE123',
  'TAKE13',
  'TAKE_ARGV'
]
const moduleCookie = 0x41503234 // "AP24"
const commandBytes = 40

/**
 * Every module of an installed httpd with the directives of its command table, read out of the binaries: `{ file: 'mod_proxy.c',
 * symbol: 'proxy_module', so: 'mod_proxy.so' | null, directives: [{ name, overrides, kind }] }`, in the order of the tables.
 */
export function readCommandTables(server, moduleFolder) {
  const objects = readdirSync(moduleFolder)
    .filter((name) => name.endsWith('.so'))
    .sort()
  const shared = objects.flatMap((name) => modulesOf(join(moduleFolder, name), basename(name)))
  return [...modulesOf(server, null), ...shared]
}

function modulesOf(path, so) {
  const image = new ElfImage(path)
  const found = []
  for (const [symbol, at] of image.symbols) {
    if (!symbol.endsWith('_module') || !isModule(image, at)) continue
    found.push({ file: image.text(image.pointer(at + 16)), symbol, so, directives: commands(image, image.pointer(at + 88)) })
  }
  return found
}
function isModule(image, at) {
  try {
    return image.int(at + 40) === moduleCookie
  } catch {
    return false
  }
}
function commands(image, table) {
  const found = []
  for (let at = table; at !== 0 && image.pointer(at) !== 0; at += commandBytes) {
    found.push({ name: image.text(image.pointer(at)), overrides: image.int(at + 24), kind: kinds[image.int(at + 28)] })
  }
  return found
}
