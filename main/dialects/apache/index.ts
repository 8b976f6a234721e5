import type { ConfigHost, ConfigSource, Dialect, LoadOptions, Loaded, SiteState, Sketch } from '../../../shared/site.js'
import type { Finding } from '../../../shared/trace.js'
import { buildDrafts, type Drafts } from './build.js'
import type { SiteFacts } from './config/server.js'
import { accessFileFindings } from './core/access-files.js'
import { detect } from './detect.js'
import { listingFindings } from './dir/listings.js'
import { readTypes } from './dir/types.js'
import { listenersOf } from './listeners.js'
import { outlineOf } from './outline.js'
import { takeOver } from './proxy/state.js'
import { withSectionKeys } from './section-keys.js'
import { layServers } from './servers.js'
import { ApacheSite } from './site.js'
import { readTree } from './syntax/read-tree.js'
import { mayBeSet } from './trace.js'
import type { Tree } from './tree.js'

/** Apache httpd 2.4.71, as far as its directives are modelled. */
export const apacheDialect: Dialect = { name: 'apache', detect, load }

const version = 'Apache/2.4.71'

function load(sources: readonly ConfigSource[], host: ConfigHost, options: LoadOptions, previous?: SiteState): Loaded {
  const tree = withSectionKeys(readTree(sources, host, options))
  if (tree.refused !== null)
    return {
      site: null,
      findings: [tree.refused, ...tree.findings.filter((each) => each !== tree.refused)],
      files: tree.files,
      sketch: null
    }
  const drafts = buildDrafts(tree, host, options)
  const findings: Finding[] = [...tree.findings, ...drafts.findings, ...neverFires(tree)]
  const servers = layServers(drafts, tree, host, options, facts(drafts, tree, host, options, previous), findings)
  findings.push(...accessFileFindings(servers.all, host), ...listingFindings(servers.all))
  const listeners = listenersOf(drafts, servers, options, findings)
  const refused = findings.some((each) => each.severity === 'error' || (each.routing && !options.lenient))
  const sketch = (): Sketch => ({ listeners: listeners.specs, hosts: outlineOf(tree, servers, listeners.specs, findings) })
  return { site: refused ? null : new ApacheSite(tree, servers, listeners, findings), findings, files: tree.files, sketch }
}

function facts(drafts: Drafts, tree: Tree, host: ConfigHost, options: LoadOptions, previous: SiteState | undefined): SiteFacts {
  return {
    generation: options.generation,
    banner: banner(drafts.tokens),
    baseVersion: version,
    modules: tree.modules,
    state: takeOver(previous),
    types: readTypes(host, drafts.main.conf.dir.typesFile)
  }
}

/** `ServerTokens`. */
function banner(tokens: string): string {
  switch (tokens) {
    case 'prod':
    case 'productonly':
      return 'Apache'
    case 'major':
      return 'Apache/2'
    case 'minor':
      return 'Apache/2.4'
    case 'min':
    case 'minimal':
      return version
    default:
      return `${version} (Unix)`
  }
}

/** `RequestHeader … env=HTTP_UPGRADE`: copied from article to article, though no such variable is ever set. */
function neverFires(tree: Tree): Finding[] {
  return tree.byId.flatMap((directive) => {
    if (directive.key !== 'requestheader' && directive.key !== 'header') return []
    const name = directive.args.find((word) => /^env=[^!]/i.test(word))?.slice(4)
    if (name === undefined || mayBeSet(tree, name) || !name.startsWith('HTTP_')) return []
    const message = `${directive.name} … env=${name} never fires: nothing sets a variable ${name}.`
    const hint = 'Leave the line out: mod_proxy passes the handshake on by itself to ws:// targets and with upgrade=websocket.'
    return [{ code: 'apache-requestheader-env', severity: 'warning' as const, message, hint, span: directive.span, routing: false }]
  })
}
