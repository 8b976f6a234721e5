import type { Check } from '../walking/call.js'
import { contextError, serverOnly } from '../walking/context.js'
import { stringExpressionError } from './expression.js'
import { atoi } from './numbers.js'
import { compiles } from './pattern.js'

const alias: Check = (call) => {
  const [fake = '', real] = call.words
  if (real !== undefined) return contextError(call.name, call.node, call.scope, serverOnly)
  if (!call.scope.perRequest) return 'Alias must have two arguments when used globally'
  const wrong = stringExpressionError(fake)
  return wrong === null ? null : `Cannot parse alias expression '${fake}': ${wrong}`
}

const aliasMatch: Check = ({ words: [pattern = ''] }) => (compiles(pattern) ? null : 'Regular expression could not be compiled.')

const named: Readonly<Record<string, number>> = { permanent: 301, temp: 302, seeother: 303, gone: 410 }

/** What a first argument means: a status that redirects, one that does not, or no status. */
function firstArgument(word: string): { status: number; kind: 'redirect' | 'other' | 'none' } {
  const status = named[word.toLowerCase()] ?? (/^\d/.test(word) ? atoi(word) : undefined)
  if (status === undefined) return { status: 302, kind: 'none' }
  return { status, kind: isRedirect(status) ? 'redirect' : 'other' }
}
function isRedirect(status: number): boolean {
  return status >= 300 && status < 400
}

/** mod_alias' add_redirect_internal. */
function redirect(isPattern: boolean): Check {
  return ({ words, scope }) => {
    const [first = '', second, third] = words
    const { status, kind } = firstArgument(first)
    if (third !== undefined && kind === 'none') return 'Redirect: invalid first argument (of three)'
    if (scope.perRequest && third === undefined) {
      if ((kind === 'redirect' && second !== undefined) || (kind === 'none' && second === undefined)) return expression(second ?? first)
      if (kind === 'other' && second === undefined) return null
    }
    const [fake, url] = third === undefined && kind === 'none' ? [first, second] : [second, third]
    if (isPattern && fake !== undefined && !compiles(fake)) return 'Regular expression could not be compiled.'
    return urlError(status, url, isPattern)
  }
}
function expression(url: string): string | null {
  const wrong = stringExpressionError(url)
  return wrong === null ? null : `Cannot parse redirect expression '${url}': ${wrong}`
}
function urlError(status: number, url: string | undefined, isPattern: boolean): string | null {
  if (!isRedirect(status)) return url === undefined ? null : 'Redirect URL not valid for this status'
  if (url === undefined) return 'URL to redirect to is missing'
  return isPattern || isUrl(url) || url.startsWith('/') ? null : 'Redirect to non-URL'
}
/** ap_is_url. */
function isUrl(text: string): boolean {
  return /^[a-zA-Z0-9+.-]+:/.test(text)
}

export const aliases: readonly (readonly [string, Check])[] = [
  ['alias', alias],
  ['scriptalias', alias],
  ['aliasmatch', aliasMatch],
  ['scriptaliasmatch', aliasMatch],
  ['redirect', redirect(false)],
  ['redirectmatch', redirect(true)],
  ['redirecttemp', redirect(false)],
  ['redirectpermanent', redirect(false)]
]
