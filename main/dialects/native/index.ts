import type { Dialect } from '../../../shared/site.js'
import { loadNative } from './load.js'

export type { NativeConfig, NativeRoute } from './native-config.js'
export { routeFromArgument } from './route-argument.js'

/** Switchyard's own dialect: `switchyard.json`, described by `shared/native.schema.json`, and `--route`. */
export const nativeDialect: Dialect = {
  name: 'native',
  // No Apache or nginx config begins with a brace.
  detect(text, path) {
    if (/(?:^|[\\/])switchyard\.json$/i.test(path)) return 1
    // Emptied in an editor it is still what it was.
    if (text.trim() === '' && /\.json$/i.test(path)) return 0.8
    const begins = /^(?:\xef\xbb\xbf|\ufeff)?\s*[{[]/.test(text)
    if (!begins) return 0
    return /"(?:routes|listen)"\s*:/.test(text) ? 1 : 0.8
  },
  load: loadNative
}
