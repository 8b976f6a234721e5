import type { Server } from '../config/server.js'

/** Folders that a server answers from, without a slash at their end; none where a `ProxyPass /` takes every path first. */
export function servedFolders(server: Server): readonly string[] {
  const { proxy, alias } = server.conf
  if (proxy.aliases.some((each) => each.fake === '/') && !proxy.aliases.some((each) => each.real === '!')) return []
  // of `/home/$1/www` what is certain
  const mapped = alias.aliases.map(({ pattern, real }) => (pattern === null ? real : real.replace(/[^/]*\$.*/, '')))
  return [...new Set([server.documentRoot, ...mapped].map((folder) => folder.replace(/\/+$/, '')))]
}
