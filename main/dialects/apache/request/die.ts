import type { Step } from '../../../../shared/steps.js'
import { allowField } from '../core/methods.js'
import { answerHead } from '../http/answer-head.js'
import { errorPage } from '../http/pages.js'
import { dropsConnection, isBodiless, isRedirect, knownStatus } from '../http/status-lines.js'
import { get, set } from '../http/table.js'
import type { Flow } from './flow.js'
import type { Request } from './request.js'

/** ap_die: an ErrorDocument where one is set for the status, else httpd's own page. */
export function die(flow: Flow, r: Request, asked: number): Step {
  const status = knownStatus(asked)
  const first = firstError(r)
  // an ErrorDocument that fails itself: the first error is answered, and both are named
  if (first !== r) return ownPage(first, first.status, status)
  const document = r.status === 200 ? r.dir.core.errorDocuments?.get(status) : undefined
  r.status = status
  if (dropsConnection(status)) r.closing = true
  if (document === undefined || document.kind === 'default') return ownPage(r, status, null)
  r.tookPart(document.id)
  switch (document.kind) {
    case 'path':
      return flow.redirect(r, document.value)
    case 'url':
      if (status === 401) return ownPage(r, status, null)
      set(r.out, 'Location', document.value)
      r.status = 302
      r.statusLine = null
      return ownPage(r, 302, null)
    case 'text':
      return page(r, document.value)
  }
}

function firstError(r: Request): Request {
  let first = r
  while (first.prev !== null && first.prev.status !== 200) first = first.prev
  return first
}

function ownPage(r: Request, status: number, also: number | null): Step {
  const location = get(r.out, 'location') ?? get(r.errOut, 'location') ?? ''
  r.status = status
  if (isBodiless(status)) return bodiless(r)
  return page(r, errorPage(r, status, location, also), location)
}

function bodiless(r: Request): Step {
  r.out = []
  r.named = null
  const { head, persist } = answerHead(r, { filters: 'always', length: null, proxied: false })
  return { do: 'respond', head, body: [], persist }
}

function page(r: Request, text: string, location = ''): Step {
  // what a handler had set is not for an error; what was set for any answer is
  r.out = r.errOut
  r.errOut = []
  if (isRedirect(r.status) && location !== '') set(r.out, 'Location', location)
  r.contentType = 'text/html; charset=iso-8859-1'
  r.named = null
  if (r.status === 405 || r.status === 501) set(r.out, 'Allow', allowField(r))
  const body = Buffer.from(text, 'latin1')
  const { head, persist } = answerHead(r, { filters: 'always', length: r.headerOnly ? null : body.length, proxied: false })
  return { do: 'respond', head, body: r.headerOnly ? [] : [body], persist }
}
