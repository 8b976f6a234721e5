import { SwitchyardError } from '../../shared/errors.js'
import type { ConfigFacts, Replies, RequestName, TextOf } from '../../shared/contract.js'
import type { Answers } from './answers.js'
import { captureOf, storedText } from './capture-answers.js'
import type { Host } from './host.js'

type ConfigRequest =
  Extract<RequestName, `config.${string}` | `run.${string}`> | 'status' | 'counts.want' | 'route.explain' | 'tunnel.close'

/** What is served, and the config that says so. */
export function configAnswers(host: Host): Answers<ConfigRequest> {
  const { configs } = host
  return {
    status: async () => {
      await host.refreshCounts()
      return host.status
    },
    // Whether it wants them is the screen's own session's to know.
    'counts.want': async () => {
      await host.refreshCounts()
      return host.status.counts
    },
    'run.start': async ({ lenient }) => {
      await configs.start(lenient)
      return host.status
    },
    'run.stop': async () => {
      await host.stop('now')
      return host.status
    },
    'config.get': async () => {
      await host.refreshCounts()
      return configOf(host)
    },
    'config.open': async (params) => await keepingRecent(host, () => configs.open(params)),
    'config.openText': async (params) => await keepingRecent(host, () => configs.openText(params)),
    'config.openRoutes': async (params) => await keepingRecent(host, () => configs.openRoutes(params)),
    'config.files': () => ({ files: configs.texts.list(), options: configs.options, served: configs.isTaken }),
    'config.text': ({ file }) => configs.texts.text(file),
    'config.textOf': async ({ file, of }) => await textOf(host, file, of),
    'config.edit': ({ file, text }) => configs.texts.edit(file, text),
    'config.check': async ({ files }, signal) => await configs.check(files, signal),
    'config.apply': async (params) => await configs.apply(params),
    'config.save': (params) => configs.texts.save(params),
    'config.revert': ({ file, to }) => configs.texts.revert(file, to),
    'config.reload': async () => await configs.reload(),
    'config.outline': async () => ({ hosts: await host.engine.ask('outline', null) }),
    'config.options': async (params) => await configs.change(params),
    'route.explain': async (params, signal) => await host.engine.ask('explain', params, signal),
    'tunnel.close': async ({ exchange }) => {
      if (await host.engine.ask('closeTunnel', { exchange })) return null
      throw new SwitchyardError('request-invalid', `Exchange ${exchange} has no open tunnel.`)
    }
  }
}

/** What is opened is among the recent ones, with or without a file. One that was refused is open all the same; what cannot be read is not. */
async function keepingRecent(host: Host, open: () => Promise<ConfigFacts>): Promise<ConfigFacts> {
  const before = host.configs.openFiles
  try {
    return await open()
  } finally {
    const { openFiles } = host.configs
    if (openFiles !== before && openFiles.length > 0) await host.keepRecent(openFiles)
  }
}

async function textOf({ configs, capture }: Host, file: string, of: TextOf): Promise<Replies['config.textOf']> {
  if (of === 'refused') return { text: configs.older.text(file, of), generation: null }
  if ('generation' in of) return { text: configs.older.text(file, of.generation), generation: of.generation }
  return await storedText(captureOf(capture), file, of)
}

function configOf(host: Host): Replies['config.get'] {
  if (host.config !== null) return host.config
  throw new SwitchyardError('request-invalid', 'No config is served yet.')
}
