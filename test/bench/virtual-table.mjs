#!/usr/bin/env node
// npm run bench:table   (-- --help says more)
import { join } from 'node:path'
import { runnerImport } from 'vite'
import { ensureBundled } from '../../build/bundle.mjs'

await ensureBundled()
const { module } = await runnerImport(join(import.meta.dirname, 'virtual-table.ts'), { configFile: false, logLevel: 'error' })
await module.main(process.argv.slice(2))
