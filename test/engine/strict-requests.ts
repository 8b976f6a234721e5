/** What a backend of another opinion gets to read: requests, taken apart by rules as narrow as RFC 9112 has them. */
export interface StrictRequest {
  readonly target: string
  readonly fields: readonly (readonly [name: string, value: string])[]
  readonly body: string
}

const requestLine = /^[!#$%&'*+.^_`|~0-9A-Za-z-]+ ([\x21-\x7e]+) HTTP\/1\.[01]$/
const fieldLine = /^([!#$%&'*+.^_`|~0-9A-Za-z-]+): ?([\x20-\x7e\x80-\xff\t]*)$/

/** All of a connection's bytes as whole requests, or why they are none: anything that two readers could see in two ways. */
export function strictRequests(bytes: string): StrictRequest[] | string {
  const all: StrictRequest[] = []
  let at = 0
  while (at < bytes.length) {
    const head = bytes.indexOf('\r\n\r\n', at)
    if (head < 0) return `no end of a head in ${JSON.stringify(bytes.slice(at))}`
    const [line, ...lines] = bytes.slice(at, head).split('\r\n') as [string, ...string[]]
    const target = requestLine.exec(line)?.[1]
    if (target === undefined) return `no request line: ${JSON.stringify(line)}`
    const fields: [string, string][] = []
    for (const each of lines) {
      const parts = fieldLine.exec(each)
      if (parts === null) return `no field: ${JSON.stringify(each)}`
      fields.push([(parts[1] as string).toLowerCase(), (parts[2] as string).trim()])
    }
    const body = bodyAt(bytes, head + 4, fields)
    if (typeof body === 'string') return body
    all.push({ target, fields, body: body.text })
    at = body.end
  }
  return all
}

function bodyAt(bytes: string, start: number, fields: readonly (readonly [string, string])[]): { text: string; end: number } | string {
  const valuesOf = (name: string): string[] => fields.filter(([each]) => each === name).map(([, value]) => value)
  const lengths = valuesOf('content-length')
  const codings = valuesOf('transfer-encoding')
  if (valuesOf('host').length !== 1) return 'not one Host'
  if (lengths.length + codings.length > 1) return `two framings: ${[...lengths, ...codings].join(' and ')}`
  if (codings.length === 1) return codings[0]?.toLowerCase() === 'chunked' ? chunkedAt(bytes, start) : `a coding ${codings[0]}`
  if (lengths.length === 0) return { text: '', end: start }
  if (!/^\d{1,15}$/.test(lengths[0] as string)) return `a length ${lengths[0]}`
  const end = start + Number(lengths[0])
  return end > bytes.length ? `a body of ${bytes.length - start} bytes instead of ${lengths[0]}` : { text: bytes.slice(start, end), end }
}

function chunkedAt(bytes: string, start: number): { text: string; end: number } | string {
  let text = ''
  let at = start
  for (;;) {
    const line = /^([0-9a-fA-F]{1,8})\r\n/.exec(bytes.slice(at, at + 12))
    if (line === null) return `no chunk size: ${JSON.stringify(bytes.slice(at, at + 20))}`
    const size = parseInt(line[1] as string, 16)
    at += line[0].length
    if (bytes.slice(at + size, at + size + 2) !== '\r\n') return 'no end of a chunk'
    text += bytes.slice(at, at + size)
    at += size + 2
    if (size === 0) return { text, end: at }
  }
}
