import type { Field } from './field-rows.js'

export const hidden = '•••'
const secretFields = new Set(['authorization', 'proxy-authorization', 'cookie', 'set-cookie', 'x-api-key', 'x-auth-token'])
const secretParameters = /^(?:key|(?:.*[_-])?(?:token|jwt|secret|password|passwd|pwd|api_?key|auth|authorization|signature|sig))$/i

/** Whether a field of this name says who somebody is. */
export function isSecret(name: string): boolean {
  return secretFields.has(name.toLowerCase())
}

/**
 * A value without its secret: names of cookies, attributes of Set-Cookie and the scheme of Authorization stay, so that one sees what
 * was sent.
 */
export function maskedValue([name, value]: Field): string {
  switch (name.toLowerCase()) {
    case 'cookie':
      return value.split(';').map(maskedPair).join(';')
    case 'set-cookie': {
      const [pair = '', ...attributes] = value.split(';')
      return [maskedPair(pair), ...attributes].join(';')
    }
    case 'authorization':
    case 'proxy-authorization':
      return value.replace(/^(\s*[A-Za-z][\w-]*\s+)?.*$/s, (_, scheme: string | undefined) => `${scheme ?? ''}${hidden}`)
    default:
      return isSecret(name) ? hidden : value
  }
}
/** A request line or an address without the tokens of its query. */
export function maskedTarget(line: string): string {
  return line.replace(/([?&])([^=&#\s]+)=[^&#\s]+/g, (part, sign: string, name: string) =>
    secretParameters.test(name) ? `${sign}${name}=${hidden}` : part
  )
}
function maskedPair(pair: string): string {
  const equals = pair.indexOf('=')
  return equals < 0 ? pair.replace(/\S.*/s, hidden) : pair.slice(0, equals + 1) + hidden
}

/** A head as text, lines ended as on the wire; secrets are left out unless they are shown. */
export function headText(startLine: string, fields: readonly Field[], revealed: boolean): string {
  const line = revealed ? startLine : maskedTarget(startLine)
  return [line, ...fields.map((field) => `${field[0]}: ${revealed ? field[1] : maskedValue(field)}`), '', ''].join('\r\n')
}
