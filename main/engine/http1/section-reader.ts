import type { HeadFault, HeadFaultCode, WirePolicy } from '../../../shared/heads.js'
import { headFault, quoted } from './fault.js'
import type { Known } from './fault.js'
import { colon, control, cr, isBlank, lf, looseName, token } from './octets.js'
import type { OctetClass } from './octets.js'

/** How reading a start line went: a fault, the end of the whole head (HTTP/0.9 has no fields), or null: fields follow. */
export type StartLineVerdict = HeadFaultCode | 'end' | null

const firstKeptBytes = 1024

/**
 * Lines up to an empty one, fields among them (RFC 9112 §2.1, §5): a head, or the trailers of a chunked body.
 * A section that comes in one push is read where it stands, without a copy; else it is kept in a buffer of its own, never
 * larger than the policy's limits, and each byte is looked for a line's end once.
 * Checks go line by line, in this order: what its first bytes promise, its length, its end, its characters, its form. So
 * the fault is the same however the bytes were cut.
 */
export abstract class SectionReader<Read extends object> {
  /** What was read, once it is whole or hopeless. */
  done: Read | HeadFault | null = null
  protected readonly policy: WirePolicy
  protected fields: string[] = []
  /** Lines read, empty ones before the first not counted. */
  #lines = 0
  #emptyLines = 0
  readonly #maxEmptyLines: number
  readonly #hasStartLine: boolean
  readonly #nameOctet: OctetClass
  #kept: Buffer | null = null
  #keptBytes = 0
  #keptLineStart = 0
  #bytes: Buffer | null = null
  #start = 0
  #end = 0
  // Of the line that was scanned last: the end of its text, the start of the next line, its first control character or -1.
  #lineEnd = 0
  #nextLine = 0
  #odd = -1

  /** @param maxEmptyLines how many empty lines before the start line are skipped (RFC 9112 §2.2); null: there is no start line. */
  constructor(policy: WirePolicy, maxEmptyLines: number | null) {
    this.policy = policy
    this.#nameOctet = policy.fieldNames === 'any' ? looseName : token
    this.#hasStartLine = maxEmptyLines !== null
    this.#maxEmptyLines = maxEmptyLines ?? 0
  }

  /** What the first bytes of a start line, complete or not, already rule out. */
  protected abstract glance(bytes: Buffer, start: number, end: number): HeadFaultCode | null
  /** Reads the start line [start, end). `text` holds the same bytes and begins at `base`. */
  protected abstract startLine(bytes: Buffer, start: number, end: number, text: string, base: number): StartLineVerdict
  /** Makes the result of a section that is whole. */
  protected abstract finished(): Read | HeadFault
  /** What a fault can tell about it. */
  protected abstract known(): Known

  /** The bytes of the section as received, as far as they came. Valid until the next push or reset. */
  get raw(): { bytes: Buffer; start: number; end: number } {
    if (this.#kept !== null) return { bytes: this.#kept, start: 0, end: this.#keptBytes }
    return { bytes: this.#bytes ?? Buffer.alloc(0), start: this.#start, end: this.#end }
  }

  /** How long that is. */
  get rawBytes(): number {
    return this.#kept !== null ? this.#keptBytes : this.#end - this.#start
  }

  /** Whether a byte has come that is not part of an empty line before the start line. */
  get started(): boolean {
    if (this.done !== null || this.#lines > 0) return true
    return this.#kept !== null && this.#keptBytes > 0 && this.#kept[0] !== cr
  }

  /** @returns the index up to which bytes were consumed; those behind the section are not. */
  push(bytes: Buffer, start: number, end: number): number {
    if (this.done !== null) return start
    if (this.#kept !== null) return this.#gather(bytes, start, end)
    let at = start
    while (this.done === null && (at = this.#skipEmptyLines(bytes, at, end)) < end) {
      const sectionEnd = endOfSection(bytes, at, end)
      if (sectionEnd < 0 || sectionEnd - at > this.policy.maxHeadBytes) return this.#gather(bytes, at, end)
      at = this.#readWhole(bytes, at, sectionEnd) // not done yet: that were empty lines, with LF alone
    }
    return at
  }

  /** Ready for the next section of the same connection. */
  reset(): void {
    this.done = null
    this.fields = []
    this.#lines = this.#emptyLines = 0
    this.#kept = this.#bytes = null
    this.#keptBytes = this.#keptLineStart = this.#start = this.#end = 0
  }

  /** The fault of a section that will not come to its end: the peer left, or time is up. */
  abandoned(fault: HeadFaultCode): HeadFault {
    const { bytes, start, end } = this.raw
    return headFault(fault, quoted(bytes, start, end), this.known())
  }

  #skipEmptyLines(bytes: Buffer, start: number, end: number): number {
    let at = start
    while (this.#emptyLines < this.#maxEmptyLines && at + 1 < end && bytes[at] === cr && bytes[at + 1] === lf) {
      at += 2
      this.#emptyLines++
    }
    return at
  }

  #readWhole(bytes: Buffer, start: number, end: number): number {
    const text = bytes.toString('latin1', start, end)
    this.#bytes = bytes
    this.#start = start
    let at = start
    while (this.done === null && at < end) at = this.#line(bytes, at, text, start)
    this.#end = at
    return at
  }

  #gather(bytes: Buffer, start: number, end: number): number {
    let at = start
    while (at < end && this.done === null) {
      const lineFeed = indexOfLf(bytes, at, end)
      const taken = Math.min(lineFeed < 0 ? end : lineFeed + 1, at + this.#room() + 1)
      this.#keep(bytes, at, taken)
      at = taken
      if (!this.#ruledOut() && taken === lineFeed + 1) this.#keptLine()
    }
    return at
  }

  /** Bytes that may still come before a limit is passed: of the line, which is counted with its CRLF, or of all lines. */
  #room(): number {
    const ofLine = this.#keptLineStart + this.#lineLimit() + 2 - this.#keptBytes
    return Math.min(ofLine, this.policy.maxHeadBytes - this.#keptBytes)
  }

  #lineLimit(): number {
    return this.#lines === 0 && this.#hasStartLine ? this.policy.maxLineBytes : this.policy.maxFieldBytes
  }

  #keep(bytes: Buffer, start: number, end: number): void {
    const needed = this.#keptBytes + end - start
    if (this.#kept === null || needed > this.#kept.length) {
      const larger = Buffer.allocUnsafe(Math.max(firstKeptBytes, 2 * needed))
      this.#kept?.copy(larger, 0, 0, this.#keptBytes)
      this.#kept = larger
    }
    bytes.copy(this.#kept, this.#keptBytes, start, end)
    this.#keptBytes = needed
  }

  /** Faults that need not wait for the line's end. */
  #ruledOut(): boolean {
    const kept = this.#kept as Buffer
    const code = this.#glanceAt(kept, this.#keptLineStart, this.#keptBytes)
    if (code !== null) return this.#fail(code, kept, this.#keptLineStart, this.#keptBytes)
    if (this.#room() >= 0) return false
    const ofLine = this.#keptBytes - this.#keptLineStart > this.#lineLimit() + 2
    return this.#fail(ofLine ? this.#lineLimitFault() : 'headTooLong', kept, this.#keptLineStart, this.#keptBytes)
  }

  #keptLine(): void {
    const kept = this.#kept as Buffer
    const start = this.#keptLineStart
    const next = this.#line(kept, start, kept.toString('latin1', start, this.#keptBytes), start)
    if (this.#lines === 0 && this.done === null) this.#keptBytes = this.#keptLineStart = 0
    else this.#keptLineStart = next
  }

  /** Reads one complete line. @returns where the next begins. */
  #line(bytes: Buffer, start: number, text: string, base: number): number {
    this.#scan(bytes, start)
    const end = this.#lineEnd
    const next = this.#nextLine
    const code = this.#lineFault(bytes, start, end, next)
    if (code !== null) this.#fail(code, bytes, start, end)
    else if (end === start) this.#emptyLine(bytes, start)
    else if (this.#lines === 0 && this.#hasStartLine) this.#startLine(bytes, start, end, text, base)
    else this.#fieldLine(bytes, start, end, text, base)
    return next
  }

  #scan(bytes: Buffer, start: number): void {
    let at = start
    while (control[bytes[at] as number] === 0) at++
    this.#odd = -1
    if (bytes[at] === cr && bytes[at + 1] === lf) {
      this.#lineEnd = at
      this.#nextLine = at + 2
      return
    }
    if (bytes[at] !== lf) this.#odd = at
    while (bytes[at] !== lf) at++
    this.#lineEnd = at > start && bytes[at - 1] === cr ? at - 1 : at
    this.#nextLine = at + 1
  }

  #lineFault(bytes: Buffer, start: number, end: number, next: number): HeadFaultCode | null {
    const code = this.#glanceAt(bytes, start, next)
    if (code !== null) return code
    if (next - start > this.#lineLimit() + 2) return this.#lineLimitFault()
    if (next === end + 1 && this.policy.bareLf === 'fault') return 'bareLf'
    return this.#odd < 0 ? null : this.#controlFault(bytes, end)
  }

  #controlFault(bytes: Buffer, end: number): HeadFaultCode | null {
    if (bytes[this.#odd] === cr) return 'bareCr'
    if (this.#lines === 0 && this.#hasStartLine) return null // a start line knows better which part is bad
    if (this.policy.controls !== 'accept') return 'badField'
    for (let at = this.#odd; at < end; at++) {
      if (bytes[at] === cr) return 'bareCr'
      if (bytes[at] === 0) return 'badField'
    }
    return null
  }

  #glanceAt(bytes: Buffer, start: number, end: number): HeadFaultCode | null {
    if (this.#lines > 0 || !this.#hasStartLine) return null
    if (bytes[start] === lf) return null
    if (bytes[start] === cr) return end - start > 1 && bytes[start + 1] !== lf ? 'bareCr' : null
    return this.glance(bytes, start, end)
  }

  #lineLimitFault(): HeadFaultCode {
    return this.#lines === 0 && this.#hasStartLine ? 'lineTooLong' : 'fieldTooLong'
  }

  #emptyLine(bytes: Buffer, at: number): void {
    if (this.#lines > 0 || !this.#hasStartLine) this.done = this.finished()
    else if (++this.#emptyLines > this.#maxEmptyLines) this.#fail('notHttp', bytes, at, at)
    else this.#start = this.#nextLine
  }

  #startLine(bytes: Buffer, start: number, end: number, text: string, base: number): void {
    const verdict = this.startLine(bytes, start, end, text, base)
    if (verdict === 'end') this.done = this.finished()
    else if (verdict !== null) this.#fail(verdict, bytes, start, end)
    this.#lines++
  }

  #fieldLine(bytes: Buffer, start: number, end: number, text: string, base: number): void {
    const code = isBlank(bytes[start]) ? this.#foldedLine(bytes, start, end, text, base) : this.#field(bytes, start, end, text, base)
    if (code !== null) this.#fail(code, bytes, start, end)
    this.#lines++
  }

  #field(bytes: Buffer, start: number, end: number, text: string, base: number): HeadFaultCode | null {
    if (this.fields.length >= 2 * this.policy.maxFields) return 'tooManyFields'
    let at = start
    while (at < end && this.#nameOctet[bytes[at] as number] === 1) at++
    if (at === start) return 'badField'
    const nameEnd = at
    if (this.policy.spaceBeforeColon === 'accept') while (isBlank(bytes[at])) at++
    const withoutColon = at === end && this.policy.fieldNames === 'any'
    if (bytes[at] !== colon && !withoutColon) return 'badField'
    this.fields.push(text.slice(start - base, nameEnd - base), withoutColon ? '' : trimmed(bytes, at + 1, end, text, base))
    return null
  }

  /** RFC 9112 §5.2: a fold counts as one space. Before the first field there is nothing to go on with (§2.2). */
  #foldedLine(bytes: Buffer, start: number, end: number, text: string, base: number): HeadFaultCode | null {
    if (this.fields.length === 0) return 'badField'
    if (this.policy.obsFold === 'fault') return 'obsFold'
    const last = this.fields.length - 1
    const before = this.fields[last] as string
    const more = trimmed(bytes, start, end, text, base)
    const whole = before === '' || more === '' ? before + more : `${before} ${more}`
    if ((this.fields[last - 1] as string).length + 1 + whole.length > this.policy.maxFieldBytes) return 'fieldTooLong'
    this.fields[last] = whole
    return null
  }

  #fail(code: HeadFaultCode, bytes: Buffer, start: number, end: number): true {
    this.done = headFault(code, quoted(bytes, start, end), this.known())
    return true
  }
}

function trimmed(bytes: Buffer, start: number, end: number, text: string, base: number): string {
  let first = start
  let last = end
  while (first < last && isBlank(bytes[first])) first++
  while (last > first && isBlank(bytes[last - 1])) last--
  return text.slice(first - base, last - base)
}

/** Index behind the first CRLFCRLF, or -1. Steps over four bytes at a time where none of them can be its part. */
function endOfSection(bytes: Buffer, start: number, end: number): number {
  let at = start + 3
  while (at < end) {
    const octet = bytes[at] as number
    if (octet === lf) {
      if (bytes[at - 1] === cr && bytes[at - 2] === lf && bytes[at - 3] === cr) return at + 1
      at += 2
    } else if (octet === cr) at += 1
    else at += 4
  }
  return -1
}

function indexOfLf(bytes: Buffer, start: number, end: number): number {
  for (let at = start; at < end; at++) if (bytes[at] === lf) return at
  return -1
}
