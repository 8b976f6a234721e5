import { base64 } from './copy-forms.js'
import { decodeBytes } from './decode-bytes.js'
import { hexText } from './hex-layout.js'
import type { PagedBytes } from './paged-bytes.svelte.js'
import { prettyJson } from './pretty-json.js'

export type CopyForm = 'text' | 'hex' | 'base64' | 'json'

/** A whole payload, as far as it is kept, in a form for the clipboard. Reads what is missing of it. @throws what reading throws */
export async function payloadAs(form: CopyForm, bytes: PagedBytes, opcode: number, engineIo: boolean): Promise<string> {
  await bytes.all()
  if (bytes.error !== null) throw bytes.error as Error
  const all = bytes.slice(0, bytes.kept)
  switch (form) {
    case 'text':
      return new TextDecoder().decode(all)
    case 'hex':
      return hexText(all)
    case 'base64':
      return base64(all)
    case 'json': {
      const decoded = decodeBytes(all, opcode, engineIo, true)
      return decoded.as === 'json' ? prettyJson(all, decoded.root) : new TextDecoder().decode(all)
    }
  }
}
