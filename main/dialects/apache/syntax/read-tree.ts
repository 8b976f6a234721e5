import { dirname } from 'node:path'
import type { ConfigHost, ConfigSource, LoadOptions } from '../../../../shared/site.js'
import type { Tree } from '../tree.js'
import { distributionModules, findModule } from './modules.js'
import type { ConfigNode } from './node.js'
import { readContainer } from './reading/container.js'
import { Input } from './reading/input.js'
import { Reading } from './reading/state.js'
import { walkConfig } from './walking/walk.js'

/**
 * Reads an httpd config as httpd 2.4 reads it: all files first (`Include`, `<IfModule>`, `LoadModule` and the like act
 * then), after that every directive in order. Several sources are one config, in order.
 *
 * Never throws for what a config says: `refused` is the first error that httpd would stop at, in its words, where
 * `span.endLine` is the line that httpd names. Modules: those of its LoadModule lines, if it has any; else
 * `options.modules`; else what a distribution enables for a proxy, told as a finding.
 */
export function readTree(sources: readonly ConfigSource[], host: ConfigHost, options: LoadOptions): Tree {
  const explicit = readSources(sources, host, options, [])
  if (explicit.reading.loadsModules) return finish(explicit.reading, explicit.nodes, false)
  const assumed = options.modules ?? distributionModules
  const { reading, nodes } = readSources(sources, host, options, assumed)
  const modulesAssumed = options.modules === undefined
  if (modulesAssumed) noteModules(reading)
  return finish(reading, nodes, modulesAssumed)
}

function readSources(sources: readonly ConfigSource[], host: ConfigHost, options: LoadOptions, modules: readonly string[]) {
  const reading = new Reading(host, options)
  for (const name of modules) {
    const row = findModule(name)
    if (row === undefined) reading.modules.addForeign(name)
    else reading.modules.add(row)
  }
  const nodes: ConfigNode[] = []
  for (const source of sources) {
    if (reading.addFile(source)) nodes.push(...readContainer(reading, new Input(source.path, source.text), null))
    else reading.refuse(`The config files are too large: ${source.path} in ${dirname(source.path)} was not read`, null)
  }
  return { reading, nodes }
}

function finish(reading: Reading, nodes: readonly ConfigNode[], modulesAssumed: boolean): Tree {
  const mpm = findModule('mpm_event')
  // A build may have its multi-processing module built in: without one there would be no Listen.
  if (!reading.modules.hasMpm && mpm !== undefined) reading.modules.add(mpm)
  const { directives, byId } = walkConfig(reading, nodes)
  reading.settle()
  const { refused, findings, files } = reading
  return { directives, byId, refused, findings, modules: reading.modules.names, modulesAssumed, defines: reading.variables, files }
}

function noteModules(reading: Reading): void {
  const names = distributionModules.map((name) => name.replace(/_module$/, '')).join(', ')
  const says = `The config loads no module: those that a distribution enables for a proxy count as loaded (${names})`
  reading.note('modules-assumed', 'info', says, null)
}
