import type { ConfigNode } from '../node.js'
import type { Scope } from './scope.js'

/** http_config.h's NOT_IN_*: where a directive's own function refuses to stand. */
export const notIn = { virtualHost: 1, limit: 2, directory: 4, location: 8, files: 16, htaccess: 32, proxy: 64 } as const
const directoryContext = notIn.limit | notIn.directory | notIn.location | notIn.files | notIn.proxy
const directorySections = notIn.directory | notIn.location | notIn.files
/** NOT_IN_DIR_CONTEXT: for a server as a whole. GLOBAL_ONLY: for all servers. */
export const serverOnly = directoryContext
export const globalOnly = directoryContext | notIn.virtualHost

const parents: readonly (readonly [number, readonly string[]])[] = [
  [notIn.directory, ['<directory', '<directorymatch']],
  [notIn.location, ['<location', '<locationmatch']],
  [notIn.files, ['<files', '<filesmatch', '<if', '<elseif', '<else']],
  [notIn.proxy, ['<proxy', '<proxymatch']]
]

/** ap_check_cmd_context. `name` as httpd spells it. */
export function contextError(name: string, node: ConfigNode, scope: Scope, forbidden: number): string | null {
  const shown = name.startsWith('<') && !name.endsWith('>') ? `${name}>` : name
  if ((forbidden & notIn.virtualHost) !== 0 && scope.virtual) return `${shown} cannot occur within <VirtualHost> section`
  if ((forbidden & notIn.limit) !== 0 && scope.limited) return `${shown} cannot occur within <Limit> or <LimitExcept> section`
  if ((forbidden & directorySections) === directorySections && scope.perRequest) return `${shown} cannot occur within directory context`
  const found = parents.flatMap(([bit, keys]) => ((forbidden & bit) === 0 ? [] : findParent(node, keys)))[0]
  return found === undefined ? null : `${shown} cannot occur within ${found.spelling}> section`
}

function findParent(node: ConfigNode, keys: readonly string[]): readonly ConfigNode[] {
  for (const key of keys) for (let at = node.parent; at !== null; at = at.parent) if (at.key === key) return [at]
  return []
}
