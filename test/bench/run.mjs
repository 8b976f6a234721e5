#!/usr/bin/env node
// npm run bench   (-- --help says more)
import { join } from 'node:path'
import { runnerImport } from 'vite'
import { ensureBundled } from '../../build/bundle.mjs'

const { module } = await runnerImport(join(import.meta.dirname, 'bench.ts'), { configFile: false, logLevel: 'error' })
process.exitCode = await module.main(process.argv.slice(2), ensureBundled)
