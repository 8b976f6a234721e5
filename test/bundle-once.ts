import type { TestProject } from 'vitest/node'
// @ts-expect-error build/ is plain JavaScript, since it runs before anything is installed
import { ensureBundled } from '../build/bundle.mjs'

declare module 'vitest' {
  interface ProvidedContext {
    /** Why there is no bundle, or ''. */
    bundleFailure: string
  }
}

/**
 * Bundles out/ once before the tests, if its sources changed. A bundle that fails fails the tests that ask for it
 * (`bundled()` in bundled.ts) and no others: a unit test of one room does not wait for another room to be mended.
 */
export default async function bundleOnce(project: TestProject): Promise<void> {
  try {
    await ensureBundled()
    project.provide('bundleFailure', '')
  } catch (error) {
    project.provide('bundleFailure', error instanceof Error ? error.message : String(error))
  }
}
