import { svelte } from '@sveltejs/vite-plugin-svelte'
import { defineConfig } from 'vitest/config'

const everything = 'test/**/*.test.ts'
const apart = ['test/e2e/**', 'test/oracle/**', 'test/bench/**']
/** What is timed in these is held to a figure: nothing else runs beside them. */
const measured = [
  'test/capture/load.test.ts',
  'test/capture/reader/activity.test.ts',
  'test/cli/demo.test.ts',
  'test/dialects/apache/proxy/workers.test.ts',
  'test/e2e/app/first-paint.test.ts',
  'test/e2e/screens/live-load.test.ts',
  'test/e2e/screens/million.test.ts'
]
/** Words in, words out: neither a process nor a socket of theirs has to be kept from the next file, so that many share one. */
const pure = ['test/renderer/**/*.test.ts', 'test/shared/**/*.test.ts', 'test/dialects/**/*.test.ts']
const second = 1000

/** Tests drive sockets, threads and real servers: in processes of their own, so that one cannot spoil the next. */
const common = {
  pool: 'forks',
  teardownTimeout: 10 * second,
  // What is waited for comes when it comes: a busy machine is no failure.
  expect: { poll: { timeout: 10 * second } }
} as const

const screens = { testTimeout: 120 * second, hookTimeout: 120 * second, expect: { poll: { timeout: 20 * second } } } as const

export default defineConfig({
  test: {
    globalSetup: ['test/bundle-once.ts', 'test/reachable.ts'],
    // Two at a time keep the clocks of a small machine honest.
    maxWorkers: 2,
    projects: [
      {
        // The state of the screens is written with runes.
        plugins: [svelte()],
        test: {
          ...common,
          name: 'unit',
          include: [everything],
          exclude: [...apart, ...measured, ...pure],
          testTimeout: 30 * second,
          hookTimeout: 60 * second
        }
      },
      {
        plugins: [svelte()],
        test: { ...common, name: 'pure', include: pure, exclude: measured, isolate: false, testTimeout: 30 * second }
      },
      {
        test: {
          ...common,
          name: 'e2e',
          include: ['test/e2e/**/*.test.ts'],
          exclude: measured,
          ...screens
        }
      },
      { test: { ...common, name: 'measured', include: measured, ...screens, maxWorkers: 1, sequence: { groupOrder: 1 } } },
      {
        test: { ...common, name: 'oracle', include: ['test/oracle/**/*.test.ts'], testTimeout: 120 * second, hookTimeout: 120 * second }
      }
    ]
  }
})
