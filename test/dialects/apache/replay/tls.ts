import type { TlsRefusal, TlsSpec } from '../../../../shared/site.js'

export function isRefusal(spec: TlsSpec | TlsRefusal): spec is TlsRefusal {
  return 'refuse' in spec
}
