import { SwitchyardError } from '../../shared/errors.js'
import { counted } from './print.js'
import type { ServePlan } from './serve-options.js'
import type { Finding } from '../../shared/trace.js'

/**
 * Why it is not served, as the command says it. Where findings were listed just before, the error counts them and does not tell
 * them again; JSON has it whole. Where the port is the command line's own, the way out is its option, and not a mapping.
 */
export function refusalOf(error: SwitchyardError, findings: readonly Finding[], { what, spec, json }: ServePlan): SwitchyardError {
  if (error.code === 'port-in-use' || error.code === 'port-denied') return what === 'files' ? error : elsewhere(error, what)
  if (json) return error
  const errors = findings.filter(({ severity }) => severity === 'error').length
  if (error.code === 'config-refused' && errors > 0) {
    const config = spec.files.length === 0 ? 'The config' : spec.files.join(', ')
    return new SwitchyardError(error.code, `${config} cannot be served: ${counted(errors, 'error')}, above.`)
  }
  // Below its first line it lists them.
  if (error.code === 'config-unsupported') return like(error, (error.message.split('\n')[0] ?? '').replace(/:$/, '.'), error.hint)
  return error
}

function elsewhere(error: SwitchyardError, what: 'demo' | 'routes'): SwitchyardError {
  const demo = 'Serve the demo on another one: --tls=PORT'
  return like(error, error.message, what === 'demo' ? demo : 'Serve the routes on another one: --listen=PORT or --tls=PORT')
}

function like({ code }: SwitchyardError, message: string, hint: string | undefined): SwitchyardError {
  return new SwitchyardError(code, message, hint === undefined ? {} : { hint })
}
