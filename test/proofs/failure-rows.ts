import type { FailureCause, TlsCheck } from '../../shared/steps.js'
import type { TestAuthority } from '../engine/wire/certificates.js'
import { fineAnswer, type FailingOrigins } from './failing-origins.js'

/** What a client gets: the status of its answer (null: none), and whether its connection goes on behind it. */
export interface Got {
  readonly status: number | null
  readonly goesOn: boolean
  /** What the body holds, where it tells something. */
  readonly body?: RegExp
}

/** One cause: an origin that fails so, and what is expected of whoever is in front of it. */
export interface FailureRow {
  readonly name: string
  readonly cause: FailureCause
  readonly check?: TlsCheck
  /** The origin's URL without the path. */
  readonly origin: (origins: FailingOrigins, authorities: Authorities) => Promise<string>
  /** Written instead of a GET, up to where the client ends its side, unless it `stalls` there. */
  readonly request?: string
  readonly stalls?: true
  /** As httpd answers, and code and words of the line that it logs; `says` may hold `@ORIGIN@`. */
  readonly httpd: Got & { readonly code: string; readonly says: RegExp }
  /** null: no failure to this dialect, by its own description. */
  readonly native: (Got & { readonly code: string; readonly says: RegExp }) | null
}

/** `trusted` is what the configs name; `other` they don't. */
export interface Authorities {
  readonly trusted: TestAuthority
  readonly other: TestAuthority
}

const http = (port: number) => `http://127.0.0.1:${port}`
const https = (port: number) => `https://localhost:${port}`
const localhost = 'DNS:localhost'
const oldTls = { minVersion: 'TLSv1', maxVersion: 'TLSv1.1', ciphers: 'DEFAULT@SECLEVEL=0' } as const
const sslHandshake: Got = { status: 500, goesOn: false, body: /Error during SSL Handshake with remote server/ }
/** Beyond what the system's socket buffers take between a proxy and an origin. */
const moreThanBuffered = 16 * 1024 * 1024
const native502: Got = { status: 502, goesOn: true }

export const failureRows: readonly FailureRow[] = [
  {
    name: 'refused',
    cause: 'refused',
    origin: async (origins) => http(await origins.refused()),
    httpd: {
      status: 503,
      goesOn: false,
      code: 'AH00957',
      says: /\(111\)Connection refused: .*attempt to connect to 127\.0\.0\.1:\d+ .* failed/
    },
    native: { ...native502, code: 'origin-refused', says: /127\.0\.0\.1:\d+ refused the connection: nothing listens there/ }
  },
  {
    // a connect to the broadcast address is refused by the system itself: no packet leaves
    name: 'unreachable',
    cause: 'unreachable',
    origin: async () => 'http://255.255.255.255:8080',
    httpd: {
      status: 503,
      goesOn: false,
      code: 'AH00957',
      says: /\(101\)Network is unreachable: .*attempt to connect to 255\.255\.255\.255:8080 .* failed/
    },
    native: { ...native502, code: 'origin-unreachable', says: /255\.255\.255\.255:8080 cannot be reached: there is no way to that network/ }
  },
  {
    name: 'connect timed out',
    cause: 'connectTimedOut',
    origin: async (origins) => http(await origins.blackHole()),
    httpd: {
      status: 503,
      goesOn: false,
      code: 'AH00957',
      says: /timeout specified has expired: .*attempt to connect to 127\.0\.0\.1:\d+ /
    },
    native: {
      status: 504,
      goesOn: true,
      code: 'origin-connect-timeout',
      says: /127\.0\.0\.1:\d+ did not answer a connection within 300 ms/
    }
  },
  {
    name: 'head timed out',
    cause: 'headTimedOut',
    origin: async (origins) => http(await origins.says('')),
    httpd: {
      status: 502,
      goesOn: true,
      code: 'AH01102',
      says: /timeout specified has expired: .*error reading status line from remote server 127\.0\.0\.1:\d+/
    },
    native: { status: 504, goesOn: true, code: 'origin-answer-timeout', says: /127\.0\.0\.1:\d+ did not answer within 300 ms/ }
  },
  {
    name: 'name unknown',
    cause: 'dns',
    origin: async () => 'http://no-such-host.invalid:8080',
    httpd: {
      status: 500,
      goesOn: false,
      body: /DNS lookup failure for: no-such-host\.invalid/,
      code: 'AH00898',
      says: /DNS lookup failure for: no-such-host\.invalid/
    },
    native: { ...native502, code: 'origin-name-unknown', says: /The name no-such-host\.invalid cannot be resolved \(\w+\)/ }
  },
  {
    name: 'closed before it answered',
    cause: 'closedEarly',
    origin: async (origins) => http(await origins.says('', 'fin')),
    httpd: { status: 502, goesOn: true, code: 'AH01102', says: /error reading status line from remote server 127\.0\.0\.1:\d+/ },
    native: { ...native502, code: 'origin-closed-early', says: /127\.0\.0\.1:\d+ closed the connection before it answered/ }
  },
  {
    name: 'reset before it answered',
    cause: 'closedEarly',
    origin: async (origins) => http(await origins.says('', 'rst')),
    httpd: {
      status: 502,
      goesOn: true,
      code: 'AH01102',
      says: /\(104\)Connection reset by peer: .*error reading status line from remote server 127\.0\.0\.1:\d+/
    },
    native: { ...native502, code: 'origin-closed-early', says: /127\.0\.0\.1:\d+ broke the connection \(ECONNRESET\) before it answered/ }
  },
  {
    name: 'not HTTP',
    cause: 'notHttp',
    origin: async (origins) => http(await origins.says('this is not HTTP\nat all\n', 'fin')),
    httpd: { status: 200, goesOn: true, body: /at all/, code: 'origin-not-http', says: /127\.0\.0\.1:\d+ is not HTTP/ },
    native: { ...native502, code: 'origin-not-http', says: /127\.0\.0\.1:\d+ is not HTTP/ }
  },
  {
    name: 'stalls in its body',
    cause: 'readTimedOut',
    origin: async (origins) => http(await origins.says('HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nfive.')),
    httpd: { status: 200, goesOn: false, body: /^five\.$/, code: 'answer-broken', says: /127\.0\.0\.1:\d+ stalled for 1000 ms/ },
    native: null
  },
  {
    name: 'ends in its body',
    cause: 'closedEarly',
    origin: async (origins) => http(await origins.says('HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nfive.', 'fin')),
    httpd: {
      status: 200,
      goesOn: false,
      body: /^five\.$/,
      code: 'answer-broken',
      says: /127\.0\.0\.1:\d+ is broken: the origin closed before its end/
    },
    native: {
      status: 200,
      goesOn: false,
      body: /^five\.$/,
      code: 'origin-closed-early',
      says: /127\.0\.0\.1:\d+ is broken: the origin closed before its end/
    }
  },
  {
    name: 'head too long',
    cause: 'headTooLong',
    origin: async (origins) => http(await origins.says(`HTTP/1.1 200 OK\r\nX-Long: ${'x'.repeat(400_000)}\r\n\r\n`)),
    httpd: { status: 502, goesOn: true, code: 'AH01106', says: /bad HTTP\/1\.1 header/ },
    native: { ...native502, code: 'origin-head-too-long', says: /127\.0\.0\.1:\d+/ }
  },
  {
    name: 'takes nothing of the request',
    cause: 'sendTimedOut',
    origin: async (origins) => http(await origins.deaf()),
    request: `POST @PATH@ HTTP/1.1\r\nHost: localhost\r\nContent-Length: ${moreThanBuffered}\r\n\r\n${'x'.repeat(moreThanBuffered)}`,
    stalls: true,
    httpd: {
      status: 504,
      goesOn: false,
      body: /The gateway did not receive a timely response/,
      code: 'AH01084',
      says: /\(70007\)The timeout specified has expired: .*pass request body failed to 127\.0\.0\.1:\d+ \(127\.0\.0\.1\)/
    },
    native: null
  },
  {
    name: 'breaks off while the request is sent',
    cause: 'closedEarly',
    origin: async (origins) => http(await origins.says('', 'rst')),
    request: `POST @PATH@ HTTP/1.1\r\nHost: localhost\r\nContent-Length: ${moreThanBuffered}\r\n\r\n${'x'.repeat(moreThanBuffered)}`,
    stalls: true,
    httpd: {
      status: 502,
      goesOn: false,
      body: /502 Bad Gateway/,
      code: 'AH01084',
      says: /\(104\)Connection reset by peer: .*pass request body failed to 127\.0\.0\.1:\d+/
    },
    native: { ...native502, goesOn: false, code: 'origin-closed-early', says: /127\.0\.0\.1:\d+ broke the connection/ }
  },
  {
    name: 'the client ends in the middle of its body',
    cause: 'bodyCutShort',
    origin: async (origins) => http(await origins.says(fineAnswer.slice(0, 0))),
    request: 'POST @PATH@ HTTP/1.1\r\nHost: localhost\r\nContent-Length: 10\r\n\r\nfive.',
    httpd: {
      status: 400,
      goesOn: false,
      code: 'AH01095',
      says: /\(70008\)Partial results .*prefetch request body failed to 127\.0\.0\.1:\d+ .*from 127\.0\.0\.1/
    },
    native: { status: null, goesOn: false, code: 'client-body-cut-short', says: /The client left in the middle of the body/ }
  },
  {
    name: 'the client stalls in the middle of its body',
    cause: 'bodyTimedOut',
    origin: async (origins) => http(await origins.says('')),
    request: 'POST @PATH@ HTTP/1.1\r\nHost: localhost\r\nContent-Length: 10\r\n\r\nfive.',
    stalls: true,
    httpd: {
      status: 408,
      goesOn: false,
      code: 'AH01095',
      says: /\(70007\)The timeout specified has expired: .*prefetch request body failed to 127\.0\.0\.1:\d+ .*from 127\.0\.0\.1/
    },
    native: null
  },
  {
    name: 'the client breaks its chunking',
    cause: 'bodyMalformed',
    origin: async (origins) => http(await origins.says('')),
    request: 'POST @PATH@ HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\nfive.\r\n',
    httpd: { status: 400, goesOn: false, code: 'AH01095', says: /prefetch request body failed to 127\.0\.0\.1:\d+ .*from 127\.0\.0\.1/ },
    native: { status: 400, goesOn: false, code: 'client-body-malformed', says: /The body of the request is not well-formed/ }
  },
  {
    name: 'TLS: signed by nobody known',
    cause: 'tls',
    check: 'untrusted',
    origin: async (origins, { other }) => https(await origins.tls(other.issue(localhost))),
    httpd: { ...sslHandshake, code: 'AH02003', says: /localhost\) is signed by an authority that is not known/ },
    native: { ...native502, code: 'origin-tls', says: /localhost\) is signed by an authority that is not known .*check: untrusted/ }
  },
  {
    name: 'TLS: signed by itself',
    cause: 'tls',
    check: 'selfSigned',
    origin: async (origins, { other }) => https(await origins.tls(other.selfSigned(localhost))),
    httpd: { ...sslHandshake, code: 'AH02003', says: /localhost\) is signed by itself/ },
    native: { ...native502, code: 'origin-tls', says: /localhost\) is signed by itself.*check: selfSigned/ }
  },
  {
    name: 'TLS: expired',
    cause: 'tls',
    check: 'expired',
    origin: async (origins, { trusted }) =>
      https(await origins.tls(trusted.issue(localhost, { from: '20200101000000Z', to: '20210101000000Z' }))),
    httpd: { ...sslHandshake, code: 'AH02276', says: /localhost\) expired on 2021-01-01/ },
    native: { ...native502, code: 'origin-tls', says: /localhost\) expired on 2021-01-01.*check: expired/ }
  },
  {
    name: 'TLS: not yet valid',
    cause: 'tls',
    check: 'notYetValid',
    origin: async (origins, { trusted }) =>
      https(await origins.tls(trusted.issue(localhost, { from: '20440101000000Z', to: '20450101000000Z' }))),
    httpd: { ...sslHandshake, code: 'AH02276', says: /localhost\) is not valid before 2044-01-01/ },
    native: { ...native502, code: 'origin-tls', says: /localhost\) is not valid before 2044-01-01.*check: notYetValid/ }
  },
  {
    name: 'TLS: for another name',
    cause: 'tls',
    check: 'wrongName',
    origin: async (origins, { trusted }) => https(await origins.tls(trusted.issue('DNS:other.test'))),
    httpd: { ...sslHandshake, code: 'AH02411', says: /Peer certificate does not match for hostname localhost/ },
    native: { ...native502, code: 'origin-tls', says: /is not for localhost: it says DNS:other\.test.*check: wrongName/ }
  },
  {
    name: 'TLS: the origin does not speak it',
    cause: 'tls',
    check: 'protocol',
    origin: async (origins) => https(await origins.says('HTTP/1.1 400 Bad Request\r\n\r\n', 'fin')),
    httpd: { ...sslHandshake, code: 'AH02003', says: /localhost\): the other side does not speak TLS/ },
    native: { ...native502, code: 'origin-tls', says: /localhost\): the other side does not speak TLS.*check: protocol/ }
  },
  {
    name: 'TLS: no version in common',
    cause: 'tls',
    check: 'protocol',
    origin: async (origins, { trusted }) => https(await origins.tls(trusted.issue(localhost), oldTls)),
    httpd: { ...sslHandshake, code: 'AH02003', says: /localhost\): / },
    native: { ...native502, code: 'origin-tls', says: /localhost\): .*check: protocol/ }
  },
  {
    name: 'TLS 1.2: the origin wants a certificate of us',
    cause: 'tls',
    check: 'alert',
    origin: async (origins, { trusted }) => https(await origins.clientCertificateDemanded(trusted.issue(localhost), trusted, 'TLSv1.2')),
    httpd: { ...sslHandshake, code: 'AH02003', says: /localhost\): the other side refused with the alert/ },
    native: { ...native502, code: 'origin-tls', says: /localhost\): the other side refused with the alert .*check: alert/ }
  },
  {
    name: 'TLS 1.3: the origin wants a certificate of us',
    cause: 'closedEarly',
    check: 'alert',
    origin: async (origins, { trusted }) => https(await origins.clientCertificateDemanded(trusted.issue(localhost), trusted, 'TLSv1.3')),
    httpd: { status: 502, goesOn: true, code: 'AH01102', says: /error reading status line from remote server localhost:\d+/ },
    native: {
      ...native502,
      code: 'origin-closed-early',
      says: /127\.0\.0\.1:\d+ refused us with the TLS alert certificate_required before it answered.*check: alert/
    }
  }
]

/** Causes and checks that no row shows, as httpd cannot be brought to them by a config that it starts with; and the test that does. */
export const shownElsewhere = {
  causes: {
    badTarget: 'proofs/late-failures.test.ts'
  },
  checks: { certificateFile: 'proofs/late-failures.test.ts' }
} as const

/** Each row with a path of its own and its origin standing. */
export async function standing(origins: FailingOrigins, authorities: Authorities): Promise<ReadonlyMap<FailureRow, Standing>> {
  const all = await Promise.all(failureRows.map(async (row) => [row, await row.origin(origins, authorities)] as const))
  return new Map(all.map(([row, origin], i) => [row, { path: `/row${i}/`, origin }]))
}
export interface Standing {
  readonly path: string
  readonly origin: string
}

/** Which checks of an origin's certificate are switched off, by the name of the host that they are off for, and what then gets through. */
export const laxHosts: readonly LaxHost[] = [
  { host: 'chain.test', httpd: 'SSLProxyVerify none', verify: { chain: false }, passes: ['untrusted', 'selfSigned'] },
  { host: 'name.test', httpd: 'SSLProxyCheckPeerName off', verify: { name: false }, passes: ['wrongName'] },
  {
    // Whoever verifies a chain verifies the dates in it.
    host: 'expiry.test',
    httpd: 'SSLProxyVerify none\nSSLProxyCheckPeerExpire off',
    verify: { chain: false, expiry: false },
    passes: ['untrusted', 'selfSigned', 'expired', 'notYetValid']
  }
]
export interface LaxHost {
  readonly host: string
  readonly httpd: string
  readonly verify: { readonly chain?: false; readonly name?: false; readonly expiry?: false }
  readonly passes: readonly TlsCheck[]
}
/** The rows that a certificate alone decides. */
export const certificateRows = failureRows.filter(({ check }) => check !== undefined && check !== 'protocol' && check !== 'alert')

/** The rows as one Apache config, a virtual host more for each of {@link laxHosts}; `/fine/` has an origin that answers. */
export function apacheConfig(port: number, fine: string, caFile: string, rows: readonly Standing[]): string {
  const passes = rows.map(({ path, origin }) => `ProxyPass ${path} ${origin}/ retry=0 connectiontimeout=1 timeout=1`)
  const virtualHost = (host: string, settings: string) => `<VirtualHost 127.0.0.1:${port}>
ServerName ${host}
SSLProxyEngine on
SSLProxyVerify require
SSLProxyCACertificateFile ${caFile}
${settings}
ProxyPass /fine/ ${fine}/
${passes.join('\n')}
</VirtualHost>
`
  const hosts = [virtualHost('localhost', ''), ...laxHosts.map(({ host, httpd }) => virtualHost(host, httpd))]
  return `ServerName localhost\nTimeout 1\nListen 127.0.0.1:${port}\n${hosts.join('')}`
}

/** The same as a native config, with short times. */
export function nativeConfig(port: number, fine: string, caFile: string, rows: readonly Standing[]): string {
  const hosts = [{ host: 'localhost', verify: {} }, ...laxHosts]
  const routes = hosts.flatMap(({ host, verify }) =>
    rows.map(({ path, origin }) => ({
      match: path,
      host,
      to: `${origin}/`,
      timeouts: { connectMs: 300, answerMs: 300 },
      ...(origin.startsWith('https:') ? { verify: { caFile, ...verify } } : {})
    }))
  )
  return JSON.stringify({ listen: [{ port }], routes: [...routes, { match: '/fine/', to: `${fine}/` }] })
}
