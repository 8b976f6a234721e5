import { svelte } from '@sveltejs/vite-plugin-svelte'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { defineConfig } from 'vite'

const root = join(import.meta.dirname, '..')
const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { version: string }

/**
 * The screens, for the app's window and for a browser alike: index.html with hashed assets beside it. Whoever serves it puts a
 * nonce of its own in the place of each `%NONCE%` and says the same in its Content-Security-Policy.
 */
export default defineConfig({
  root: join(root, 'renderer'),
  base: './',
  publicDir: false,
  logLevel: 'warn',
  plugins: [svelte({ configFile: join(root, 'svelte.config.js') })],
  define: { 'import.meta.env.SWITCHYARD_VERSION': JSON.stringify(version) },
  html: { cspNonce: '%NONCE%' },
  build: {
    // Chromium 130 is Electron 33's.
    target: 'chrome130',
    outDir: join(root, 'out/renderer'),
    // As in vite.node.config.ts: build/bundle.mjs builds beside and swaps.
    emptyOutDir: false,
    // No data: URLs, which a strict policy refuses.
    assetsInlineLimit: 0,
    sourcemap: true,
    rolldownOptions: { checks: { pluginTimings: false } }
  }
})
