import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { defineConfig } from 'vite'

const root = join(import.meta.dirname, '..')

/**
 * What runs under Node or Electron, by its stable place in out/. Every file, chunks too, lies one folder deep,
 * so `new URL('../threads/engine.js', import.meta.url)` finds its thread from wherever the bundler puts the caller.
 */
const entries: Record<string, string> = {
  'cli/switchyard': 'main/cli/switchyard.ts',
  'threads/engine': 'main/host/engine-thread.ts',
  'threads/issuer': 'main/host/issuer-thread.ts',
  'threads/check': 'main/host/check-thread.ts',
  'threads/writer': 'main/capture/writer-thread.ts',
  'threads/reader': 'main/capture/reader-thread.ts',
  'app/main': 'main/app/main.ts',
  'app/host': 'main/app/host-process.ts'
}

/** A room that is not built yet leaves its entries out; everything else still bundles. */
const standing = Object.entries(entries)
  .map(([name, source]) => [name, join(root, source)] as const)
  .filter(([, source]) => existsSync(source))

export default defineConfig({
  root,
  publicDir: false,
  logLevel: 'warn',
  build: {
    ssr: true,
    target: 'node20.18',
    outDir: join(root, 'out'),
    // Emptied by build/bundle.mjs, which writes into a folder of its own and swaps it in: nobody meets half a build.
    emptyOutDir: false,
    minify: false,
    sourcemap: true,
    rolldownOptions: {
      input: Object.fromEntries(standing),
      // Whatever is not a file of ours stays an import: Node's own modules, Electron, and the packages of package.json.
      external: (source) => !/^[./\\]/.test(source) && !/^[A-Za-z]:[\\/]/.test(source),
      output: { format: 'es', entryFileNames: '[name].js', chunkFileNames: 'chunks/[name].js' }
    }
  }
})
