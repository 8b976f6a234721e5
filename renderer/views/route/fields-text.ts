import type { Asked } from './curl.js'

type Fields = Asked['fields']

/** Fields as they are typed: one a line, `Name: value`. @returns what is wrong, by its line, instead of fields */
export function readFields(text: string): { readonly fields: Fields } | { readonly wrong: string } {
  const fields: [string, string][] = []
  for (const [index, line] of text.split('\n').entries()) {
    if (line.trim() === '') continue
    const at = line.indexOf(':')
    const name = line.slice(0, Math.max(0, at)).trim()
    if (!/^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/.test(name)) return { wrong: `Line ${index + 1} is not "Name: value".` }
    fields.push([name, line.slice(at + 1).trim()])
  }
  return fields.length > 200 ? { wrong: 'At most 200 fields can be asked about.' } : { fields }
}

export function writeFields(fields: Fields): string {
  return fields.map(([name, value]) => `${name}: ${value}`).join('\n')
}

/** What the switch and the URL say by themselves; a key is a new one each time. */
const own = /^(?:host|connection|upgrade|sec-websocket-key|sec-websocket-version)$/i

/** Fields of a head that was seen, without those that are made anew. A Connection that says more than usual decides: it stays. */
export function fieldsToAsk(fields: Fields, host: string): Fields {
  return fields.filter(([name, value]) => {
    if (!own.test(name)) return true
    if (/^host$/i.test(name)) return value.toLowerCase() !== host.toLowerCase()
    if (/^connection$/i.test(name)) return !/^(?:upgrade|keep-alive)$/i.test(value)
    if (/^upgrade$/i.test(name)) return !/^websocket$/i.test(value)
    return /^sec-websocket-version$/i.test(name) && value !== '13'
  })
}
