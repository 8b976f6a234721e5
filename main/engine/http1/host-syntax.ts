/** `uri-host [ ":" port ]` of RFC 9110 §7.2 and RFC 3986 §3.2.2. Empty is allowed: a target without authority has such a Host. */
const hostAndPort = /^(?:(?:[\w\-.~!$&'()*+,;=]|%[\dA-Fa-f]{2})*|\[(?:[\dA-Fa-f:.]+|v[\dA-Fa-f]+\.[\w\-.~!$&'()*+,;=:]+)\])(?::\d*)?$/

export function isHost(value: string): boolean {
  return hostAndPort.test(value)
}
