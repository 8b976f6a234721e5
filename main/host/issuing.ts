import type { Issue } from '../certs/issued-folder.js'
import { ThreadLink } from '../../shared/thread-link.js'
import type { IssuerMethods } from './issuer-thread.js'
import { bundledThreads, startThread } from './threads.js'

/**
 * Issues in a thread of its own, which starts with the first name and stays. One that is lost fails what was asked of it; the next
 * name starts another.
 */
export function issueBeside(dataDir: string, threads = bundledThreads): Issue {
  let link: ThreadLink<IssuerMethods, never> | null = null
  const start = (): ThreadLink<IssuerMethods, never> => {
    const { worker } = startThread(
      'issuer',
      { dataDir },
      (error) => {
        started.break(error)
        if (link === started) link = null
      },
      threads
    )
    const started = new ThreadLink<IssuerMethods, never>(worker)
    return started
  }
  return async (authority, names, times) =>
    await (link ??= start()).ask('issue', { authority, names: names.map(({ text }) => text), times })
}
