import { describe, expect, it } from 'vitest'
import { caseIds } from './case.js'
import { heldGlobs, holdsCases } from './held-cases.js'

describe('held.txt', () => {
  it.each(heldGlobs)('%s names a case', (glob) => {
    expect(caseIds([glob])).not.toEqual([])
  })
})

holdsCases(0, 2)
