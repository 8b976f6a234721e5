import { expect } from 'vitest'
import { nativeDialect } from '../../../main/dialects/native/index.js'
import type { NativeConfig } from '../../../main/dialects/native/index.js'
import type { HeadFault, RequestHead } from '../../../shared/heads.js'
import type { Arrival, ConfigHost, Exchange, ListenerSpec, LoadOptions, Loaded, Site, SiteState } from '../../../shared/site.js'
import { arrivalOn } from '../../playbooks/play.js'

/** A machine with these files and folders, and nothing else. */
export function machine(paths: Readonly<Record<string, 'file' | 'directory'>> = {}, broken: string | null = null): ConfigHost {
  return {
    readFile: () => null,
    stat: (path) => paths[path] ?? 'missing',
    glob: () => [],
    environment: () => undefined,
    checkCertificate: () => broken
  }
}

export const options: LoadOptions = { generation: 1, defines: new Map(), lenient: false, root: '/srv' }

export function loadText(text: string, host = machine(), more: Partial<LoadOptions> = {}, previous?: SiteState): Loaded {
  return nativeDialect.load([{ path: '/srv/switchyard.json', text }], host, { ...options, ...more }, previous)
}

/** A site that must load without an error. */
export function site(config: NativeConfig, host = machine({ '/etc/ssl/certs/ca-certificates.crt': 'file' })): Site {
  const { site: loaded, findings } = loadText(JSON.stringify(config), host)
  expect(findings.filter(({ severity }) => severity === 'error')).toEqual([])
  return loaded as Site
}

export function opened(of: Site, head: RequestHead | HeadFault, more: Partial<Arrival> = {}): Exchange {
  return of.open(arrivalOn(of.listeners[0] as ListenerSpec, more), head)
}
