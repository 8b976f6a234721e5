/** A worker's URL, as ap_proxy_define_worker takes it apart. */
export type WorkerUrl = { readonly name: string; readonly host: string } | { readonly error: string }

/** URL without the socket of `unix:/path|`; null where nothing sensible follows it. ap_proxy_de_socketfy. */
export function withoutSocket(url: string): string | null {
  const bar = /^unix:[^|]*\|/i.exec(url)?.[0].length
  if (bar === undefined) return url
  const rest = url.slice(bar)
  const colon = rest.indexOf(':')
  if (colon === -1) return null
  const after = rest.slice(colon + 1)
  return after === '' ? `${rest}//localhost` : after === '//' ? `${rest}localhost` : rest
}

const defaultPorts: Readonly<Record<string, string>> = {
  http: '80',
  https: '443',
  ws: '80',
  wss: '443',
  ftp: '21',
  ajp: '8009',
  fcgi: '8000',
  scgi: '4000',
  h2: '443',
  h2c: '80',
  uwsgi: '3031'
}

/** The name that httpd gives the worker of a URL (scheme and host in lower case, a default port left off). */
export function workerUrl(url: string, isPattern: boolean): WorkerUrl {
  const socket = /^unix:[^|]*\|/i.exec(url)?.[0] ?? ''
  const plain = isPattern ? withoutPortReferences(url.slice(socket.length)) : url.slice(socket.length)
  const [, scheme, authority = '', path = ''] = /^([a-zA-Z][a-zA-Z0-9+.-]*):\/\/([^/?#]*)(.*)$/s.exec(plain) ?? []
  if (scheme === undefined) return { error: `${/^\d[^/:]*:/.test(plain) ? 'Unable to parse URL' : 'URL must be absolute!'}: ${url}` }
  const host = hostAndPort(authority.slice(authority.lastIndexOf('@') + 1))
  if (host === null) return { error: `Unable to parse URL: ${url}` }
  if (host.name === '' && socket === '') return { error: `URL must be absolute!: ${url}` }
  const port = host.port === '' || host.port === defaultPorts[scheme.toLowerCase()] ? '' : `:${host.port}`
  const name = host.name === '' ? 'localhost' : host.name.toLowerCase()
  return { name: `${scheme.toLowerCase()}://${name}${port}${path}`, host: name }
}

/** `$1` may stand behind a port, and is no part of it. */
function withoutPortReferences(url: string): string {
  return url.replace(/^([^:]*:\/\/[^:/]*:[^/$]*)\$\d[^/]*/, '$1')
}

/** A port is what strtol takes, up to the end of the text; it may be left empty. */
function hostAndPort(text: string): { name: string; port: string } | null {
  const bracketed = /^\[([^\]]*)\](.*)$/s.exec(text)
  if (text.startsWith('[') && bracketed === null) return null
  const [name = '', port = ''] =
    bracketed === null ? splitAtColon(text) : [`[${bracketed[1] ?? ''}]`, (bracketed[2] ?? '').replace(/^[^:]*:?/, '')]
  return /^([\t-\r ]*[+-]?\d+)?$/.test(port) ? { name, port } : null
}
function splitAtColon(text: string): [string, string] {
  const colon = text.indexOf(':')
  return colon === -1 ? [text, ''] : [text.slice(0, colon), text.slice(colon + 1)]
}
