import { indexOfField } from '../../../shared/fields.js'
import type { HeadFault, HeadFaultCode, RequestHead, ResponseHead, WirePolicy } from '../../../shared/heads.js'
import { headFault, isFault } from './fault.js'
import type { Known } from './fault.js'
import { isHost } from './host-syntax.js'
import { space, targetOctet, token } from './octets.js'
import { SectionReader } from './section-reader.js'
import type { StartLineVerdict } from './section-reader.js'

export { isFault }

/** Empty lines before a request line that are skipped (RFC 9112 §2.2: at least one), where the policy does not say. */
const defaultEmptyLines = 2
/** A stray one behind the body of the last answer. */
const maxEmptyLinesBeforeResponse = 1

/** Reads the heads of the requests of one connection, one after the other (RFC 9112 §3). */
export class RequestHeadReader extends SectionReader<RequestHead> {
  #method = ''
  #target = ''
  #version = ''

  constructor(policy: WirePolicy) {
    super(policy, policy.emptyLines ?? defaultEmptyLines)
  }

  override reset(): void {
    super.reset()
    this.#method = this.#target = this.#version = ''
  }

  /** The client left in the middle of it. */
  cutShort(): HeadFault {
    return this.abandoned('cutShort')
  }
  /** It did not come in time. */
  timedOut(): HeadFault {
    return this.abandoned('timedOut')
  }

  protected override glance(bytes: Buffer, start: number): HeadFaultCode | null {
    return this.policy.firstByte === 'wait' || token[bytes[start] as number] === 1 ? null : 'notHttp'
  }

  protected override startLine(bytes: Buffer, start: number, end: number, text: string, base: number): StartLineVerdict {
    let at = start
    while (at < end && token[bytes[at] as number] === 1) at++
    this.#method = text.slice(start - base, at - base)
    if (at === end) return 'badTarget'
    if (bytes[at] !== space) return 'badMethod'
    at = this.#behindSpace(bytes, at, end)
    const target = at
    while (at < end && targetOctet[bytes[at] as number] === 1) at++
    this.#target = text.slice(target - base, at - base)
    if (at === target) return 'badTarget'
    if (at === end) return this.#withoutVersion()
    if (bytes[at] !== space) return 'badTarget'
    return this.#takeVersion(text.slice(this.#behindSpace(bytes, at, end) - base, end - base))
  }

  #behindSpace(bytes: Buffer, at: number, end: number): number {
    let next = at + 1
    if (this.policy.spacesInLine === 'accept') while (next < end && bytes[next] === space) next++
    return next
  }

  #withoutVersion(): StartLineVerdict {
    if (this.policy.http09 === 'fault') return 'badVersion'
    this.#version = 'HTTP/0.9'
    return 'end'
  }

  #takeVersion(written: string): StartLineVerdict {
    if (written === 'HTTP/1.1' || written === 'HTTP/1.0') {
      this.#version = written
      return null
    }
    const version = this.policy.spacesInLine === 'accept' ? written.trimEnd() : written
    if (version === '' && written !== version) return this.#withoutVersion()
    return this.#otherVersion(version)
  }

  #otherVersion(version: string): StartLineVerdict {
    if (/^HTTP\/[1-9]\.\d$/.test(version)) {
      this.#version = version
      const known = version === 'HTTP/1.1' || version === 'HTTP/1.0'
      return known || this.policy.otherVersions === 'accept' ? null : 'badVersion'
    }
    // A space in the target, rather than a strange version.
    return / HTTP\/\d\.\d$/.test(version) ? 'badTarget' : 'badVersion'
  }

  protected override finished(): RequestHead | HeadFault {
    const head = { method: this.#method, target: this.#target, version: this.#version, fields: this.fields }
    if (this.#version === 'HTTP/0.9') return head
    const at = indexOfField(this.fields, 'host')
    if (at < 0) return this.#version === 'HTTP/1.0' ? head : headFault('noHost', '', this.known())
    const value = this.fields[at + 1] as string
    if (indexOfField(this.fields, 'host', at + 2) >= 0) return headFault('twoHosts', value, this.known())
    return this.policy.hostSyntax === 'leave' || isHost(value) ? head : headFault('badHost', value, this.known())
  }

  protected override known(): Known {
    return {
      ...(this.#method === '' ? {} : { method: this.#method }),
      ...(this.#target === '' ? {} : { target: this.#target }),
      ...(this.#version === '' ? {} : { version: this.#version }),
      ...(this.#version === '' ? {} : { fields: this.fields })
    }
  }
}

const protocol = Buffer.from('HTTP/')
const statusLine = /^(HTTP\/([1-9])\.\d) ([1-9]\d\d)(?: ([^\0-\x08\x0a-\x1f\x7f]*))?$/

/** Reads the heads of an origin's answers, interim ones included (RFC 9112 §4). */
export class ResponseHeadReader extends SectionReader<ResponseHead> {
  #version = ''
  #status = 0
  #reason = ''

  constructor(policy: WirePolicy) {
    super(policy, maxEmptyLinesBeforeResponse)
  }

  override reset(): void {
    super.reset()
    this.#version = this.#reason = ''
    this.#status = 0
  }

  /** The origin left in the middle of it. */
  cutShort(): HeadFault {
    return this.abandoned('cutShort')
  }

  protected override glance(bytes: Buffer, start: number, end: number): HeadFaultCode | null {
    const seen = Math.min(end - start, protocol.length)
    for (let i = 0; i < seen; i++) if (bytes[start + i] !== protocol[i]) return 'notHttp'
    return null
  }

  /** `HTTP/1.1 200 OK`; the reason and even the space before it may be missing, as servers do. */
  protected override startLine(_bytes: Buffer, start: number, end: number, text: string, base: number): StartLineVerdict {
    const parts = statusLine.exec(text.slice(start - base, end - base))
    if (parts === null) return 'notHttp'
    if (parts[2] !== '1' && this.policy.otherVersions === 'fault') return 'badVersion'
    this.#version = parts[1] as string
    this.#status = Number(parts[3])
    this.#reason = parts[4] ?? ''
    return null
  }

  protected override finished(): ResponseHead {
    return { version: this.#version, status: this.#status, reason: this.#reason, fields: this.fields }
  }

  protected override known(): Known {
    return this.#version === '' ? {} : { version: this.#version, fields: this.fields }
  }
}
