import { RuleTester } from 'eslint'
import tseslint from 'typescript-eslint'
import { describe, expect, it } from 'vitest'
// @ts-expect-error The rule is plain JavaScript, since ESLint loads it before anything is compiled
import plugin, { roomOf } from '../../build/eslint-rooms.js'

RuleTester.describe = describe
RuleTester.it = it
RuleTester.itOnly = it.only

const root = '/project'
const middle = ['engine', 'dialects', 'certs', 'capture', 'findings', 'faults']
const rooms = ['app', 'cli', 'host', ...middle, 'shared', 'renderer']

/** DESIGN.md's sentence written as pairs, apart from the rule's own table. */
const allowed = new Set([
  ...['app', 'cli'].flatMap((from) => ['host', ...middle, 'shared'].map((to) => `${from} ${to}`)),
  ...[...middle, 'shared'].map((to) => `host ${to}`),
  ...middle.map((from) => `${from} shared`),
  'engine faults',
  'findings dialects',
  'renderer shared'
])

const folder = (room: string) => (room === 'shared' || room === 'renderer' ? room : `main/${room}`)
const file = (room: string) => `${root}/${folder(room)}/here.ts`
const up = (room: string) => (folder(room).includes('/') ? '../..' : '..')
const pathTo = (from: string, to: string) => `${up(from)}/${folder(to)}/there.js`
const pairs = rooms.flatMap((from) => rooms.filter((to) => to !== from).map((to) => [from, to] as const))
const options: [{ root: string }] = [{ root }]

const valid = (code: string, filename: string) => ({ name: `${filename}: ${code}`, code, filename, options })
const invalid = (code: string, filename: string, messageId: string) => ({ ...valid(code, filename), errors: [{ messageId }] })

new RuleTester({ languageOptions: { parser: tseslint.parser } }).run('import-directions', plugin.rules['import-directions'], {
  valid: [
    ...pairs.filter(([from, to]) => allowed.has(`${from} ${to}`)).map(([from, to]) => valid(`import '${pathTo(from, to)}'`, file(from))),
    ...rooms.map((room) => valid("import './beside.js'", file(room))),
    valid("import { app } from 'electron'", file('app')),
    valid("import * as v from 'valibot'", file('shared')),
    valid("import net from 'node:net'", file('engine')),
    valid("import { mount } from 'svelte'", file('renderer')),
    valid("import '../../main/app/window.js'", `${root}/test/app/window.test.ts`),
    valid("import { _electron } from 'playwright-core'; import 'electron'", `${root}/test/e2e/app.test.ts`)
  ],
  invalid: [
    ...pairs
      .filter(([from, to]) => !allowed.has(`${from} ${to}`))
      .map(([from, to]) => invalid(`import '${pathTo(from, to)}'`, file(from), 'direction')),
    ...rooms
      .filter((room) => room !== 'app')
      .map((room) => invalid("import { app } from 'electron'", file(room), 'onlyAppImportsElectron')),
    invalid("import { ipcMain } from 'electron/main'", file('host'), 'onlyAppImportsElectron'),
    invalid("import WebSocket from 'ws'", file('shared'), 'sharedImportsOnlySchemas'),
    invalid("import { Buffer } from 'node:buffer'", file('shared'), 'sharedImportsOnlySchemas'),
    invalid("import { readFile } from 'fs/promises'", file('renderer'), 'rendererHasNoNode'),
    invalid("import { certificates } from '../../test/certificates.js'", file('engine'), 'outsideRooms'),
    invalid("import './x.js'", `${root}/main/misc/here.ts`, 'unknownRoom'),
    invalid("import type { Tree } from '../dialects/apache/tree.js'", file('engine'), 'direction'),
    invalid("import { type Tree } from '../dialects/apache/tree.js'", file('engine'), 'direction'),
    invalid("export { tree } from '../dialects/apache/tree.js'", file('engine'), 'direction'),
    invalid("export * from '../dialects/apache/tree.js'", file('engine'), 'direction'),
    invalid("export type * from '../dialects/apache/tree.js'", file('engine'), 'direction'),
    invalid("const tree = await import('../dialects/apache/tree.js')", file('engine'), 'direction'),
    invalid("type Tree = import('../dialects/apache/tree.js').Tree", file('engine'), 'direction'),
    invalid("import tree = require('../dialects/apache/tree.js')", file('engine'), 'direction'),
    invalid("const tree = require('../dialects/apache/tree.js')", file('engine'), 'direction')
  ]
})

describe('roomOf', () => {
  it('names rooms by folder, and knows what lies outside of them', () => {
    expect(roomOf('main/engine/wire/wire.ts')).toBe('engine')
    expect(roomOf('shared/site.ts')).toBe('shared')
    expect(roomOf('build/test.mjs')).toBe(null)
    expect(roomOf('main/shared/x.ts')).toBe('unknown:shared')
  })
})
