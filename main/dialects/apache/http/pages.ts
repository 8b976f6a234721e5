import type { Request } from '../request/request.js'
import { serverName, serverPort } from './server-name.js'
import { isRedirect, knownStatus, reasonOf } from './status-lines.js'

export function escapeHtml(text: string): string {
  return /[<>&"]/.test(text) ? text.replace(/[<>&"]/g, (char) => entities[char] as string) : text
}
const entities: Readonly<Record<string, string>> = { '<': '&lt;', '>': '&gt;', '&': '&amp;', '"': '&quot;' }

/** The page that httpd makes for a status. `also`: a second status, met while an ErrorDocument was looked for. */
export function errorPage(r: Request, status: number, location: string, also: number | null): string {
  const title = r.statusLine ?? `${knownStatus(status)} ${reasonOf(status)}`
  const heading = title.slice(4)
  const more =
    also === null
      ? ''
      : `<p>Additionally, a ${also} ${reasonOf(also)}\nerror was encountered while trying to use an ErrorDocument to handle the request.</p>\n`
  return (
    '<!DOCTYPE HTML PUBLIC "-//W3C//DTD HTML 4.01//EN" "http://www.w3.org/TR/html4/strict.dtd">\n' +
    `<html><head>\n<title>${title}</title>\n</head><body>\n<h1>${heading}</h1>\n` +
    `${explanation(r, status, location)}${more}${signature(r)}</body></html>\n`
  )
}

function signature(r: Request): string {
  const mode = r.dir.core.signature ?? 'off'
  if (mode === 'off') return ''
  const name = escapeHtml(serverName(r))
  const shown = mode === 'email' ? `<a href="mailto:${escapeHtml(r.server.conf.core.admin ?? '')}">${name}</a>` : name
  return `<hr>\n<address>${r.server.site.banner} Server at ${shown} Port ${serverPort(r)}</address>\n`
}

/** Why, in the words of httpd's own pages: clients and tests compare them. */
function explanation(r: Request, status: number, location: string): string {
  if (isRedirect(status) && status !== 303 && status !== 305 && status !== 300) return moved('The document has moved', location)
  if (status === 303) return moved('The answer to your request is located', location)
  const method = escapeHtml(r.method)
  const notes = r.errorNotes ?? ''
  switch (status) {
    case 400:
      return `<p>Your browser sent a request that this server could not understand.<br />\n${notes}</p>\n`
    case 401:
    case 407:
      return "<p>This server could not verify that you\nare authorized to access the document\nrequested.  Either you supplied the wrong\ncredentials (e.g., bad password), or your\nbrowser doesn't understand how to supply\nthe credentials required.</p>\n"
    case 403:
      return `<p>You don't have permission to access this resource.${notes}</p>\n`
    case 404:
      return '<p>The requested URL was not found on this server.</p>\n'
    case 405:
      return `<p>The requested method ${method} is not allowed for this URL.</p>\n`
    case 408:
      return '<p>Server timeout waiting for the HTTP request from the client.</p>\n'
    case 410:
      return '<p>The requested resource is no longer available on this server and there is no forwarding address.\nPlease remove all references to this resource.</p>\n'
    case 411:
      return `<p>A request of the requested method ${method} requires a valid Content-length.<br />\n${notes}</p>\n`
    case 412:
      return '<p>The precondition on the request for this URL evaluated to false.</p>\n'
    case 413:
      return `The requested resource does not allow request data with ${method} requests, or the amount of data provided in\nthe request exceeds the capacity limit.\n`
    case 414:
      return `<p>The requested URL's length exceeds the capacity\nlimit for this server.<br />\n${notes}</p>\n`
    case 416:
      return '<p>None of the range-specifier values in the Range\nrequest-header field overlap the current extent\nof the selected resource.</p>\n'
    case 417:
      return `<p>The expectation given in the Expect request-header\nfield could not be met by this server.\nThe client sent<pre>\n    Expect: ${escapeHtml(r.header('expect') ?? '')}\n</pre>\n${notes}</p><p>Only the 100-continue expectation is supported.</p>\n`
    case 421:
      return '<p>The client needs a new connection for this\nrequest as the requested host name does not match\nthe Server Name Indication (SNI) in use for this\nconnection.</p>\n'
    case 429:
      return '<p>The user has sent too many requests\nin a given amount of time.</p>\n'
    case 501:
      return `<p>${method} not supported for current URL.<br />\n${notes}</p>\n`
    case 502:
      return `<p>The proxy server received an invalid\r\nresponse from an upstream server.<br />\r\n${notes}</p>\n`
    case 503:
      return '<p>The server is temporarily unable to service your\nrequest due to maintenance downtime or capacity\nproblems. Please try again later.</p>\n'
    case 504:
      return '<p>The gateway did not receive a timely response\nfrom the upstream server or application.</p>\n'
    default:
      return r.errorNotes !== null ? `${notes}<p />\n` : internalError(r)
  }
}

function moved(words: string, location: string): string {
  return `<p>${words} <a href="${escapeHtml(location)}">here</a>.</p>\n`
}

function internalError(r: Request): string {
  const admin = escapeHtml(r.server.conf.core.admin ?? '[no address given]')
  return (
    '<p>The server encountered an internal error or\nmisconfiguration and was unable to complete\nyour request.</p>\n' +
    `<p>Please contact the server administrator at \n ${admin} to inform them of the time this error occurred,\n` +
    ' and the actions you performed just before this error.</p>\n' +
    '<p>More information about this error may be available\nin the server error log.</p>\n'
  )
}
