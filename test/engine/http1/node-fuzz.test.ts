import { expect, it } from 'vitest'
import { Chance } from './chance.js'
import { agreementOf, explained } from './node-differences.js'
import { readByNode } from './node-reading.js'
import { readConversation } from './reading.js'
import { requestInput } from './request-grammar.js'

const seed = Number(process.env['SWITCHYARD_SEED'] ?? 9112)
const cases = Number(process.env['SWITCHYARD_CASES'] ?? 24_000)

it('whatever we accept, Node reads the same, or rejects', { timeout: 60_000 }, async () => {
  const chance = new Chance(seed)
  const inputs = Array.from({ length: cases }, () => Buffer.from(requestInput(chance), 'latin1'))
  const byNode = await readByNode(inputs)
  const table = new Map<string, number>()
  const count = (what: string): unknown => table.set(what, (table.get(what) ?? 0) + 1)
  const unexplained: string[] = []
  for (const [i, input] of inputs.entries()) {
    const node = byNode[i]
    if (node === undefined) throw new Error(`Node gave no verdict on input ${i}.`)
    const ours = readConversation(input)
    const agreement = agreementOf(ours, node)
    count(agreement)
    if (agreement === 'both accept, same reading' || agreement === 'both reject') continue
    const rule = agreement === 'read differently' ? undefined : explained(input, ours, node)
    if (rule !== undefined) count(`${agreement}: ${rule.stopped}: ${rule.because}`)
    else unexplained.push(`${agreement} (we: ${ours.stopped}, Node: ${node.stopped}): ${JSON.stringify(input.toString('latin1'))}`)
  }
  const accepted = byNode.filter(({ stopped }) => stopped === null).length
  console.log(report(table, accepted))
  expect(unexplained.slice(0, 5)).toEqual([])
  expect(accepted).toBeGreaterThanOrEqual(cases / 2)
})

function report(table: ReadonlyMap<string, number>, accepted: number): string {
  const lines = [...table].sort(([a], [b]) => (a < b ? -1 : 1)).map(([what, count]) => `${String(count).padStart(7)}  ${what}`)
  return [`${cases} inputs, seed ${seed}; Node accepts ${accepted}`, ...lines].join('\n')
}
