import type { SectionCall } from '../walking/call.js'

/** What mod_authz_core says of an alias's provider. */
export function requireAliasError(_call: SectionCall): string | null {
  return null
}
