import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { build } from 'vite'

/** Bundles TypeScript entries (name → path from the project's root) for threads and child processes, and says where they are. Packages stay outside. */
export async function bundle<Name extends string>(entries: Record<Name, string>): Promise<Record<Name, string>> {
  const root = join(import.meta.dirname, '../..')
  // Below node_modules, so that the packages left outside are found from there. One place for each set of entries: no two test files share one.
  const outDir = join(root, 'node_modules/.cache/capture-test', Object.keys(entries).sort().join('-'))
  mkdirSync(outDir, { recursive: true })
  const input = Object.fromEntries(Object.entries<string>(entries).map(([name, path]) => [name, join(root, path)]))
  await build({
    root,
    configFile: false,
    logLevel: 'error',
    build: {
      ssr: true,
      outDir,
      target: 'node20',
      minify: false,
      emptyOutDir: false,
      rolldownOptions: { input, output: { entryFileNames: '[name].mjs', chunkFileNames: '[name]-[hash].mjs', format: 'es' } }
    }
  })
  return Object.fromEntries(Object.keys(entries).map((name) => [name, join(outDir, `${name}.mjs`)])) as Record<Name, string>
}
