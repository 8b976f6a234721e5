import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { bundled } from '../bundled.js'
import { caseIds, readCase } from './case.js'
import { caseDifferences } from './differences.js'
import { Workshop, type Observation } from './observe.js'
import { realServer, switchyard } from './proxies.js'
import { counts, describe as inWords, recorded } from './report.js'

/** Patterns of case ids that must hold. */
export const heldGlobs = readFileSync(join(import.meta.dirname, 'held.txt'), 'utf8')
  .split('\n')
  .map((line) => line.trim())
  .filter((line) => line !== '' && !line.startsWith('#'))

/** Tests of the cases whose turn it is: `of` files share them, so that both cores have work. @param turn from 0 */
export function holdsCases(turn: number, of: number): void {
  const ids = caseIds(heldGlobs).filter((_, at) => at % of === turn)
  describe.each(ids)('%s', (id) => holdsCase(id))
}

function holdsCase(id: string): void {
  const one = readCase(id)
  const logs: string[] = []
  const onLog = (log: string) => logs.push(log)
  let workshop: Workshop
  let real: Observation
  let ours: Observation

  beforeAll(async () => {
    workshop = new Workshop()
    ;[real, ours] = await Promise.all([
      workshop.observe(one, realServer, { onLog }),
      workshop.observe(one, switchyard(bundled('cli/switchyard')), { anyServer: true, onLog })
    ])
  })
  afterAll(() => workshop.close())

  it('is started by both', () => {
    expect({ real: real.started, switchyard: ours.started }, logs.join('\n')).toEqual({
      real: !one.expectRefused,
      switchyard: !one.expectRefused
    })
  })

  it('is as recorded on the real server', () => {
    expect(differing(recorded(id), real)).toEqual([])
  })

  const names = one.expectRefused ? ['the config is refused'] : one.probes.map((probe) => probe.name)
  it.each(names)('%s: same wire, same upstream', (name) => {
    const differences = caseDifferences(real, ours).get(name) ?? caseDifferences(recorded(id), ours).get(name)
    expect(differences?.filter(counts).map(inWords)).toEqual([])
  })
}

/** What counts between two observations, each with its probe. */
function differing(reference: Observation, candidate: Observation): string[] {
  const byProbe = [...caseDifferences(reference, candidate)]
  return byProbe.flatMap(([name, differences]) => differences.filter(counts).map((one) => `${name}: ${inWords(one)}`))
}
