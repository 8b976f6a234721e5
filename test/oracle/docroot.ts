import { chmodSync, mkdirSync, readdirSync, utimesSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { filler } from './http-text.js'

/** 2026-01-01T00:00:00Z: a fixed time makes ETag and Last-Modified the same in every run. */
const modifiedAtS = 1_767_225_600

const files: Record<string, string | Buffer> = {
  'index.html': '<!doctype html><title>root index</title>\n',
  'app.js': 'console.log("app");\n',
  'style.css': 'body{color:black}\n',
  'plain.txt': 'plain text file\n',
  'with space.txt': 'name has a space\n',
  noext: 'no extension\n',
  '404.html': '<!doctype html><title>custom not found</title>\n',
  '50x.html': '<!doctype html><title>custom 50x</title>\n',
  'maintenance.html': '<!doctype html><title>maintenance</title>\n',
  'sub/index.html': '<!doctype html><title>sub index</title>\n',
  'sub/page.html': '<!doctype html><title>sub page</title>\n',
  'static/logo.svg': '<svg xmlns="http://www.w3.org/2000/svg"/>\n',
  'static/data.json': '{"a":1}\n',
  'ws/readme.txt': 'a file below /ws\n',
  'empty/.keep': '',
  'other/index.html': '<!doctype html><title>other index</title>\n',
  'other/file.txt': 'file in other\n',
  'names/page.de.html': '<p>deutsch</p>\n',
  'names/page.html.fr.en': '<p>two</p>\n',
  'names/text.utf8.txt': 'utf8\n',
  'names/text.txt.euc.utf8': 'the last\n',
  'names/pack.txt.gz': 'not packed\n',
  'names/.hidden.de': 'hidden\n',
  'names/a.own': 'own\n',
  'names/noext.de': 'no type\n',
  'names/page..de.html': 'empty extension\n',
  'names/PAGE.DE.HTML': 'upper case\n',
  'names/plain.txt': 'plain\n',
  'big.bin': filler(200_000)
}

/** The static tree that any case may serve. */
export function makeDocroot(folder: string): void {
  for (const [name, content] of Object.entries(files)) {
    const path = join(folder, name)
    mkdirSync(dirname(path), { recursive: true })
    writeFileSync(path, content)
    settle(path, 0o644)
  }
  settleFolders(folder)
}

function settleFolders(folder: string): void {
  const folders = readdirSync(folder, { withFileTypes: true }).filter((entry) => entry.isDirectory())
  for (const entry of folders) settleFolders(join(folder, entry.name))
  settle(folder, 0o755)
}

function settle(path: string, mode: number): void {
  chmodSync(path, mode)
  utimesSync(path, modifiedAtS, modifiedAtS)
}
