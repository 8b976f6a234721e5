import axe from 'axe-core'
import type { AxeResults } from 'axe-core'
import type { Page } from 'playwright-core'
import { expect } from 'vitest'

/** Axe looks at the page as it is now, in both themes; what it finds is told with what was shown. */
export async function expectNothingSerious(page: Page, shown: string): Promise<void> {
  for (const colorScheme of ['dark', 'light'] as const) {
    await page.emulateMedia({ colorScheme })
    expect({ shown, colorScheme, violations: await axeViolations(page) }).toEqual({ shown, colorScheme, violations: [] })
  }
}

/** `color-contrast: … at .row .cell (…)`: what axe calls serious or critical in the page as it is. */
async function axeViolations(page: Page): Promise<string[]> {
  const session = await page.context().newCDPSession(page)
  try {
    // As a debugger: the page's policy lets no script in.
    await evaluate(session, axe.source)
    const run = `axe.run(document, { resultTypes: ['violations'] }).then((found) => JSON.stringify(found))`
    const { violations } = JSON.parse(String(await evaluate(session, run))) as AxeResults
    return violations
      .filter(({ impact }) => impact === 'serious' || impact === 'critical')
      .flatMap(({ id, nodes }) => nodes.map((node) => `${id}: ${node.failureSummary ?? ''} at ${String(node.target)} (${node.html})`))
  } finally {
    await session.detach()
  }
}

async function evaluate(session: Awaited<ReturnType<ReturnType<Page['context']>['newCDPSession']>>, expression: string) {
  const { result, exceptionDetails } = await session.send('Runtime.evaluate', { expression, awaitPromise: true, returnByValue: true })
  if (exceptionDetails !== undefined) throw new Error(exceptionDetails.exception?.description ?? exceptionDetails.text)
  return result.value as unknown
}
