import type { ListenerFacts } from '../../../shared/contract.js'

export interface Example {
  readonly label: string
  readonly url: string
  readonly upgrade: boolean
}

/** Requests to begin with: one a listener, and a WebSocket to the last of them. @param names that the config answers to */
export function examplesOf(listeners: readonly ListenerFacts[], names: readonly string[]): Example[] {
  const host = names.find((name) => !/[*]/.test(name)) ?? '127.0.0.1'
  const urls = [...new Set(listeners.map(({ tls, production }) => urlOf(tls, host, production.port)))].slice(0, 4)
  const pages = urls.map((url): Example => ({ label: url, url, upgrade: false }))
  const last = urls.at(-1)
  if (last === undefined) return pages
  const socket = last.replace(/^http/, 'ws')
  return [...pages, { label: `${socket} as a WebSocket`, url: socket, upgrade: true }]
}

function urlOf(tls: boolean, host: string, port: number): string {
  const standard = port === (tls ? 443 : 80)
  return `http${tls ? 's' : ''}://${host.includes(':') ? `[${host}]` : host}${standard ? '' : `:${port}`}/`
}
