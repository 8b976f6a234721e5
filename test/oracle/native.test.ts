import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { bundled } from '../bundled.js'
import { readCase, type Case } from './case.js'
import { caseDifferences, type Difference } from './differences.js'
import { anything, byDesign, nativeGroups } from './native-differences.js'
import { Workshop, type Observation } from './observe.js'
import type { ProxyKind } from './proxies.js'
import { counts, recorded } from './report.js'

/** A group of the oracle with a native config in the place of the Apache one; the probes stay. */
function nativeCase(group: string): Case {
  const config = readFileSync(join(import.meta.dirname, '../dialects/native/oracle', `${group}.json.in`), 'utf8')
  return { ...readCase(`apache/${group}`), files: new Map([['proxy.conf', config]]) }
}

const serveNative: ProxyKind = (_one, rendered, work) => {
  const capture = ['--no-ui', '--capture', 'off', '--data', join(work, 'data')]
  return { file: process.execPath, args: [bundled('cli/switchyard'), 'serve', rendered.configFile, '--dialect', 'switchyard', ...capture] }
}

/** Field → what Switchyard shows there, of the differences that count. */
const shown = (differences: readonly Difference[], expected: Readonly<Record<string, unknown>>) =>
  Object.fromEntries(
    differences.filter(counts).map(({ field, candidate }) => [field, expected[field] === anything ? anything : (candidate ?? null)])
  )

const matches = (at: string, group: string, probe: string) => at === `${group}/*` || at === `${group}/${probe}`
const designed = (group: string, probe: string): Record<string, unknown> =>
  Object.assign({}, ...byDesign.filter(({ at }) => at.some((one) => matches(one, group, probe))).map(({ differs }) => differs))

describe.each(nativeGroups)('%s as a native config', (group) => {
  const one = nativeCase(group)
  let workshop: Workshop
  let ours: Observation
  let byProbe: Map<string, Difference[]>

  beforeAll(async () => {
    workshop = new Workshop()
    const logs: string[] = []
    ours = await workshop.observe(one, serveNative, { anyServer: true, onLog: (log) => logs.push(log) })
    expect(ours.started, logs.join('\n')).toBe(true)
    byProbe = caseDifferences(recorded(one.id), ours)
  })
  afterAll(() => workshop.close())

  it.each(one.probes.map(({ name }) => name))('%s: as httpd, but for what is so by design', (probe) => {
    const expected = designed(group, probe)
    expect(shown(byProbe.get(probe) as Difference[], expected)).toEqual(expected)
  })
})

describe('what differs by design', () => {
  it.each(byDesign)('names probes that are there: $why', ({ at }) => {
    const probes = nativeGroups.flatMap((group) => readCase(`apache/${group}`).probes.map(({ name }) => [group, name] as const))
    for (const one of at) expect([one, probes.some(([group, name]) => matches(one, group, name))]).toEqual([one, true])
  })
})
