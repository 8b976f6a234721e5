import type { CheckCall } from '../walking/call.js'

/**
 * A path that httpd would refuse to start without. The config is a production server's and this is a desk: what is said is
 * httpd's message, as a warning, and reading goes on.
 */
export function missingPath(call: CheckCall, says: string): null {
  call.reading.note('path-missing', 'warning', says, call.node.span, 'httpd would say so where the path is missing; it is not here.')
  return null
}
