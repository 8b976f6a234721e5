import type { Finding } from '../../../shared/trace.js'
import type { JsonMember, JsonNode } from './json-positions.js'
import { redirectStatuses } from './native-config.js'
import { Says, flag, listOf, oneOf, openingOf, record, shape, text, whole } from './shape.js'
import type { Read } from './shape.js'

const port = '(?:[1-9][0-9]{0,3}|[1-5][0-9]{4}|6[0-4][0-9]{3}|65[0-4][0-9]{2}|655[0-2][0-9]|6553[0-5])'
const octet = '(?:25[0-5]|2[0-4][0-9]|1?[0-9]?[0-9])'
/** Visible ASCII but `?` and `#`: what a path may be made of. */
const pathChars = '[!-"$->@-~]*'

/** The patterns of the schema, by what they describe; a test holds the two against each other. */
export const patterns = {
  address: new RegExp(`^(?:\\*|localhost|${octet}(?:\\.${octet}){3}|[0-9A-Fa-f.]*:[0-9A-Fa-f:.]*)$`),
  host: /^(?:\*\.)?[A-Za-z0-9](?:[A-Za-z0-9._-]*[A-Za-z0-9])?$/,
  match: new RegExp(`^/${pathChars}$`),
  to: new RegExp(
    `^(?:ws|wss|http|https)://(?:\\[[0-9A-Fa-f:.]+\\]|[A-Za-z0-9](?:[A-Za-z0-9._-]*[A-Za-z0-9])?)(?::${port})?(?:/${pathChars})?$`
  ),
  redirectTo: /^[!-~]+$/,
  fieldName: /^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/,
  fieldValue: /^[^\u0000-\u0008\u000a-\u001f\u007f]*$/,
  file: /^[^\u0000]+$/
} as const

/** Fields that say how a message is framed or belong to one connection: the proxy's own matter (RFC 9110 §7.6.1). */
const ownFields: ReadonlySet<string> = new Set([
  'connection',
  'content-length',
  'keep-alive',
  'proxy-connection',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade'
])

const ms = (what: string): Read<number> => whole(what, 0, 86_400_000)
const file = (what: string): Read<string> => text(`${what} is a path`, patterns.file)
const fieldValue = text('A field’s value is a string without control characters', patterns.fieldValue)
const fields = (what: string): Read<ReadonlyMap<string, string>> =>
  record(what, (member, says) => isFieldName(member.name, member, says), fieldValue)

const fieldEdits = (what: string) =>
  shape(what, { set: fields(`${what}.set`), add: fields(`${what}.add`), remove: listOf(`${what}.remove`, fieldName) })

const route = shape(
  'A route',
  {
    match: text('"match" is a path in ASCII that begins with "/", without "?" and "#"', patterns.match),
    host: text('"host" is a name, such as app.test or *.app.test, without a port', patterns.host),
    to: text('"to" is a ws, wss, http or https URL of an origin, without query', patterns.to, 'For example "ws://127.0.0.1:3000/".'),
    preserveHost: flag('"preserveHost"'),
    stripPrefix: flag('"stripPrefix"'),
    requestHeaders: fieldEdits('"requestHeaders"'),
    responseHeaders: fieldEdits('"responseHeaders"'),
    timeouts: shape('"timeouts"', { connectMs: ms('"connectMs"'), answerMs: ms('"answerMs"'), idleMs: ms('"idleMs"') }),
    upgrade: oneOf('"upgrade"', ['websocket', 'any', 'none'] as const),
    verify: shape('"verify"', {
      chain: flag('"chain"'),
      name: flag('"name"'),
      expiry: flag('"expiry"'),
      caFile: file('"caFile"'),
      serverName: text('"serverName" is a name', patterns.host)
    }),
    files: file('"files"'),
    redirect: shape(
      '"redirect"',
      { status: oneOf('"status"', redirectStatuses), to: text('"to" is a URL or a path without spaces', patterns.redirectTo) },
      ['to']
    ),
    respond: shape('"respond"', { status: whole('"status"', 200, 599), headers: fields('"headers"'), body: text('"body" is a string') }, [
      'status'
    ])
  },
  ['match']
)

const config = shape(
  'A Switchyard config',
  {
    $schema: text('"$schema" is a string'),
    listen: listOf(
      '"listen"',
      shape(
        'A listener',
        {
          address: text('"address" is an IP address, localhost or *', patterns.address),
          port: whole('"port"', 1, 65_535),
          tls: flag('"tls"')
        },
        ['port']
      )
    ),
    certificates: listOf(
      '"certificates"',
      shape(
        'A certificate',
        {
          names: listOf('"names"', text('A name is a host name or *.name', patterns.host), 1),
          certFile: file('"certFile"'),
          keyFile: file('"keyFile"'),
          chainFile: file('"chainFile"')
        },
        ['names', 'certFile', 'keyFile']
      )
    ),
    routes: listOf('"routes"', withOneAction(route))
  },
  ['routes']
)

export type ReadConfig = NonNullable<ReturnType<typeof config>>
export type ReadRoute = NonNullable<ReturnType<typeof route>>
export type ReadFieldEdits = NonNullable<ReadRoute['requestHeaders']>

/** What can end a route. */
export const actions = ['to', 'files', 'redirect', 'respond'] as const
/** What only means something beside `to`. */
export const beside = ['preserveHost', 'stripPrefix', 'requestHeaders', 'timeouts', 'upgrade', 'verify'] as const

/** Turns a JSON text's root into a config, or says everything that is wrong with it. */
export function readConfig(root: JsonNode): { readonly config: ReadConfig | null; readonly findings: readonly Finding[] } {
  const says = new Says()
  const read = config(root, says)
  return { config: read, findings: says.findings }
}

function withOneAction(read: typeof route): typeof route {
  return (node, says) => {
    const value = read(node, says)
    if (node.kind !== 'object') return value
    const found = node.members.filter((member) => (actions as readonly string[]).includes(member.name))
    if (found.length === 1) return value
    if (found.length === 0) return says.error('no-action', 'A route needs one of "to", "files", "redirect" and "respond".', openingOf(node))
    const second = found[1] as JsonMember
    const first = found[0] as JsonMember
    return says.error(
      'two-actions',
      `A route has one of "to", "files", "redirect" and "respond"; "${first.name}" stands there already.`,
      second.nameSpan
    )
  }
}

function fieldName(node: JsonNode, says: Says): string | null {
  if (node.kind !== 'string') return says.error('wrong-value', 'A field’s name is a string.', node.span)
  return isFieldName(node.value as string, { nameSpan: node.span }, says) ? (node.value as string) : null
}

function isFieldName(name: string, at: Pick<JsonMember, 'nameSpan'>, says: Says): boolean {
  if (!patterns.fieldName.test(name)) says.error('wrong-value', `"${name}" cannot be a field’s name (RFC 9110 §5.1).`, at.nameSpan)
  else if (ownFields.has(name.toLowerCase())) {
    says.error('own-field', `"${name}" is the proxy’s own to set, since it frames the message or belongs to one connection.`, at.nameSpan)
  } else return true
  return false
}
