import type { SectionCall } from '../walking/call.js'

/** What mod_proxy says of `<Proxy URL key=value …>` behind the URL. */
export function proxySectionError(_call: SectionCall, _path: string, _rest: string): string | null {
  return null
}
