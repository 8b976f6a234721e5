import type { Fields } from '../../../shared/fields.js'
import type { HeadFaultCode, WirePolicy } from '../../../shared/heads.js'
import { SectionReader } from './section-reader.js'

/** Fields behind the last chunk of a body, up to the empty line (RFC 9112 §7.1.2). */
export class TrailerReader extends SectionReader<{ readonly fields: Fields }> {
  constructor(policy: WirePolicy) {
    super({ ...policy, bareLf: 'fault' }, null)
  }
  protected override glance(): HeadFaultCode | null {
    return null
  }
  protected override startLine(): null {
    return null
  }
  protected override finished(): { readonly fields: Fields } {
    return { fields: this.fields }
  }
  protected override known(): { readonly fields: Fields } {
    return { fields: this.fields }
  }
}
