import { SwitchyardError } from '../../../shared/errors.js'
import type { Fields } from '../../../shared/fields.js'
import type { RequestHead, ResponseHead } from '../../../shared/heads.js'

/** What would end a line early, or become something else when a char is cut down to its byte. */
const unsendable = /[\0\r\n\u0100-\uffff]/

/** A request head as latin1 text, the empty line included. @throws SwitchyardError `internal`: a part has CR, LF, NUL or a char beyond 0xff. */
export function requestText(head: RequestHead): string {
  const line = `${head.method} ${head.target} ${head.version}`
  return `${checked(line)}\r\n${fieldLines(head.fields)}\r\n`
}

/** A response head as latin1 text, the empty line included. @throws as `requestText`. */
export function responseText(head: ResponseHead): string {
  const line = `${head.version} ${head.status} ${head.reason}`
  return `${checked(line)}\r\n${fieldLines(head.fields)}\r\n`
}

/** Field lines, each with its CRLF. @throws as `requestText`. */
export function fieldLines(fields: Fields): string {
  let text = ''
  for (let i = 0; i < fields.length; i += 2) {
    const name = fields[i] as string
    const value = fields[i + 1] as string
    if (unsendable.test(name) || unsendable.test(value)) refuse(`${name}: ${value}`)
    text += `${name}: ${value}\r\n`
  }
  return text
}

function checked(line: string): string {
  return unsendable.test(line) ? refuse(line) : line
}

function refuse(line: string): never {
  throw new SwitchyardError('internal', `A head to send has a character in it that cannot be sent: ${JSON.stringify(line.slice(0, 256))}.`)
}
