import type { Reading } from '../reading/state.js'
import { atoi, duration } from './numbers.js'

type Rule = (value: string, reading: Reading) => string | null

const onOff =
  (says: string): Rule =>
  (value) =>
    /^(on|off)$/i.test(value) ? null : says
const atLeast =
  (least: number, says: string): Rule =>
  (value) =>
    atoi(value) < least ? says : null
const within =
  (least: number, most: number, says: string): Rule =>
  (value) =>
    atoi(value) < least || atoi(value) > most ? says : null
const shorter =
  (than: number, says: string): Rule =>
  (value) =>
    value.length >= than ? `${says} < ${than} characters` : null
const bufferBytes =
  (says: string): Rule =>
  (value) =>
    atoi(value) < 512 && atoi(value) !== 0 ? `${says} must be >= 512 bytes, or 0 for system default.` : null
const lasting =
  (unit: 's' | 'ms', badly: string, tooShort: string): Rule =>
  (value) => {
    const ms = duration(value, unit)
    return ms === null ? badly : ms < 1 ? tooShort : null
  }
const fine: Rule = () => null

/** Worker parameters of `ProxyPass`, `BalancerMember`, `ProxySet` and `<Proxy>`: set_worker_param. */
const worker: Readonly<Record<string, Rule>> = {
  loadfactor: (value) =>
    Number.parseFloat(value) >= 1 && Number.parseFloat(value) <= 100 ? null : 'LoadFactor must be a number between 1..100',
  retry: atLeast(0, 'Retry must be a positive value'),
  ttl: atLeast(1, 'TTL must be at least one second'),
  min: atLeast(0, 'Min must be a positive number'),
  max: atLeast(0, 'Max must be a positive number'),
  smax: atLeast(0, 'Smax must be a positive number'),
  acquire: lasting('ms', 'Acquire timeout has wrong format', 'Acquire must be at least one millisecond'),
  timeout: atLeast(1, 'Timeout must be at least one second'),
  iobuffersize: bufferBytes('IOBufferSize'),
  receivebuffersize: bufferBytes('ReceiveBufferSize'),
  keepalive: onOff('KeepAlive must be On|Off'),
  disablereuse: onOff('DisableReuse must be On|Off'),
  enablereuse: onOff('EnableReuse must be On|Off'),
  addressttl: (value) =>
    value === '-1' || wholeSeconds(value) ? null : 'AddressTTL must be -1 or a number of seconds not exceeding 2147483647',
  route: shorter(96, 'Route length must be'),
  redirect: shorter(96, 'Redirect length must be'),
  status: (value) => (/^([+-]?[IDSHENCR])*$/i.test(value) ? null : 'Unknown status parameter option'),
  flushpackets: (value) => (/^(on|off|auto)$/i.test(value) ? null : 'flushpackets must be on|off|auto'),
  flushwait: within(0, 1000, 'flushwait must be <= 1000, or 0 for system default of 10 millseconds.'),
  ping: lasting('s', 'Ping/Pong timeout has wrong format', 'Ping/Pong timeout must be at least one millisecond'),
  lbset: within(0, 99, 'lbset must be between 0 and 99'),
  connectiontimeout: lasting('s', 'Connectiontimeout has wrong format', 'Connectiontimeout must be at least one millisecond.'),
  flusher: shorter(16, 'flusher name length must be'),
  upgrade: shorter(16, 'upgrade protocol length must be'),
  responsefieldsize: atLeast(0, 'ResponseFieldSize must be greater than 0 bytes, or 0 for system default.'),
  secret: shorter(64, 'Secret length must be')
}
function wholeSeconds(value: string): boolean {
  const ms = duration(value, 's')
  return ms !== null && ms % 1000 === 0 && ms / 1000 <= 2147483647
}

/** What mod_proxy_hcheck adds. */
const healthCheck: Readonly<Record<string, Rule>> = {
  hctemplate: fine,
  hcmethod: (value) => (/^(none|tcp|options|head|get|options11|head11|get11|cping|provider)$/i.test(value) ? null : 'Unknown method'),
  hcinterval: (value) => {
    const ms = duration(value, 's')
    return ms === null ? 'Unparse-able hcinterval setting' : ms < 100 ? 'Interval must be a positive value greater than 100ms' : null
  },
  hcpasses: atLeast(0, 'Passes must be a positive value'),
  hcfails: atLeast(0, 'Fails must be a positive value'),
  hcuri: shorter(256, 'Health check uri length must be'),
  hcexpr: fine
}

/** Balancer parameters: set_balancer_param. */
const balancer: Readonly<Record<string, Rule>> = {
  stickysession: fine,
  stickysessionsep: (value) =>
    value.length === 1 || value.toLowerCase() === 'off' ? null : 'stickysessionsep must be a single character or Off',
  nofailover: onOff('failover must be On|Off'),
  timeout: atLeast(1, 'timeout must be at least one second'),
  maxattempts: atLeast(0, 'maximum number of attempts must be a positive number'),
  lbmethod: (value, reading) => (reading.modules.has(`lbmethod_${value}_module`) ? null : 'unknown lbmethod'),
  scolonpathdelim: onOff('scolonpathdelim must be On|Off'),
  failonstatus: (value) =>
    value.split(/[, ]+/).every((code) => code === '' || (atoi(code) >= 100 && atoi(code) <= 599))
      ? null
      : 'failonstatus must be one or more HTTP response codes',
  failontimeout: onOff('failontimeout must be On|Off'),
  nonce: fine,
  growth: within(1, 100, 'growth must be between 1 and 100'),
  forcerecovery: onOff('forcerecovery must be On|Off')
}

/** What httpd says of one parameter of a worker or a balancer; null where it takes it. */
export function parameterError(of: 'worker' | 'balancer', key: string, value: string, reading: Reading): string | null {
  const lower = key.toLowerCase()
  const rule = of === 'balancer' ? balancer[lower] : worker[lower]
  if (rule !== undefined) return rule(value, reading)
  if (of === 'balancer') return 'unknown Balancer parameter'
  if (!reading.modules.has('proxy_hcheck_module')) return 'unknown Worker parameter'
  return (healthCheck[lower] ?? (() => 'unknown Worker hcheck parameter'))(value, reading)
}
