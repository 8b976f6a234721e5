import type { ConfigFacts, ConfigFile } from '../../../shared/contract.js'
import { configName, isDemo } from '../../state/paths.js'

interface Known {
  /** Files of the open config; none: none is open. */
  readonly files: readonly Pick<ConfigFile, 'file' | 'root'>[]
  /** The open config is the one that is served. */
  readonly served: boolean
  readonly running: boolean
  /** What is served, or was last. */
  readonly config: Pick<ConfigFacts, 'opened' | 'dialect' | 'files'> | null
}

/** They stand in no file. */
const quickRoutes = 'the quick routes'

/** What is served while another config is open, or one was refused; null: nothing is. */
export function servedElse({ files, running, config }: Omit<Known, 'served'>): string | null {
  if (!running || config === null) return null
  if (isDemo(config)) return 'the demo'
  if (config.opened.length === 0) return quickRoutes
  const roots = files.filter(({ root }) => root).map(({ file }) => file)
  const same = roots.length === config.opened.length && roots.every((file) => config.opened.includes(file))
  return same ? 'the text before it' : configName(config)
}

/** Whether what the screen shows is what is served; null where it simply is. */
export function servedSays(known: Known): string | null {
  const { files, served, running } = known
  if (served && files.length > 0) return running ? null : 'Nothing is served just now.'
  const other = servedElse(known)
  if (other === null) return 'Nothing is served just now.'
  return files.length === 0 ? `Served: ${other}.` : `This file is not served; ${other} ${other === quickRoutes ? 'are' : 'is'}.`
}
