import type { IncomingHttpHeaders } from 'node:http'

const loopbackNames = ['localhost', '127.0.0.1', '[::1]']

/** Whether `Host` names this machine. Any port may stand behind the name: `ssh -L` changes it. @param names allowed beside the loopback's. */
export function hostAllowed({ host = '' }: IncomingHttpHeaders, names: readonly string[]): boolean {
  const name = host.replace(/:\d+$/, '').toLowerCase()
  return loopbackNames.includes(name) || names.some((allowed) => allowed.toLowerCase() === name)
}

/** Whether a page of this very address asks. `https`: the user's own proxy in front of us has TLS. */
export function originAllowed({ origin, host = '' }: IncomingHttpHeaders): boolean {
  return origin === `http://${host}` || origin === `https://${host}`
}
