#!/usr/bin/env node
// node test/oracle/report.mjs --cases 'apache/*'   (--help says more)
import { join } from 'node:path'
import { runnerImport } from 'vite'

const { module } = await runnerImport(join(import.meta.dirname, 'report.ts'), { configFile: false, logLevel: 'error' })
process.exitCode = await module.main(process.argv.slice(2))
