import type { TlsVersion } from '../../../../shared/steps.js'
import { isOn, overAll, type Command, type Module } from '../config/module.js'

/** mod_ssl per server. */
export interface SslServer {
  engine?: boolean
  certificateFiles: string[]
  keyFiles: string[]
  chainFile?: string
  protocols?: readonly TlsVersion[]
  ciphers?: string
  verifyClient?: 'none' | 'optional' | 'require'
  caFile?: string
  strictSni?: boolean
  certificateId?: number
}
/** mod_ssl towards origins; set per server and per `<Proxy>`. */
export interface SslDir {
  proxyEngine?: boolean
  proxyVerify?: 'none' | 'require'
  proxyDepth?: number
  checkName?: boolean
  checkCn?: boolean
  checkExpiry?: boolean
  proxyCaFile?: string
  proxyProtocols?: readonly TlsVersion[]
  proxyCiphers?: string
  proxyCertificate?: string
}
type SslCommand = Command<SslServer, SslDir>

const versions: readonly TlsVersion[] = ['TLSv1', 'TLSv1.1', 'TLSv1.2', 'TLSv1.3']

/** `all -SSLv3 -TLSv1`, `TLSv1.2 TLSv1.3`, `+TLSv1.3`: a word without a sign begins anew. */
function tlsVersions(words: readonly string[]): readonly TlsVersion[] {
  let on = new Set<TlsVersion>()
  for (const word of words) {
    const sign = /^[+-]/.test(word) ? word[0] : ''
    const name = word.replace(/^[+-]/, '').toLowerCase()
    const named = name === 'all' ? versions : versions.filter((each) => each.toLowerCase() === name)
    if (sign === '') on = new Set(named)
    for (const each of named) {
      if (sign === '-') on.delete(each)
      else on.add(each)
    }
  }
  return versions.filter((each) => on.has(each))
}

function file(key: 'chainFile' | 'caFile'): SslCommand {
  return ({ server, args, path }) => void (server[key] = path(args[0] ?? ''))
}

export const sslModule: Module<SslServer, SslDir> = {
  createServer: () => ({ certificateFiles: [], keyFiles: [] }),
  mergeServer: (base, add) => {
    const out = overAll(base, add)
    out.certificateFiles = add.certificateFiles.length > 0 ? add.certificateFiles : base.certificateFiles
    out.keyFiles = add.keyFiles.length > 0 ? add.keyFiles : base.keyFiles
    return out
  },
  createDir: () => ({}),
  mergeDir: overAll,
  commands: {
    sslengine: ({ server, args }) => void (server.engine = isOn(args[0])),
    sslcertificatefile: ({ server, args, path, directive }) => {
      server.certificateFiles.push(path(args[0] ?? ''))
      server.certificateId ??= directive.id
    },
    sslcertificatekeyfile: ({ server, args, path }) => void server.keyFiles.push(path(args[0] ?? '')),
    sslcertificatechainfile: file('chainFile'),
    sslcacertificatefile: file('caFile'),
    sslprotocol: ({ server, args }) => void (server.protocols = tlsVersions(args)),
    // `SSLCipherSuite TLSv1.3 …` is of another list, which Node keeps apart
    sslciphersuite: ({ server, args }) => {
      if (args.length === 1 || args[0]?.toLowerCase() === 'ssl') server.ciphers = args[args.length - 1] ?? ''
    },
    sslverifyclient: ({ server, args, section, say }) => {
      if (section !== null) {
        say('unsupported-directive', 'warning', 'SSLVerifyClient in a section would renegotiate; it is not modelled.', { routing: true })
        return
      }
      const word = (args[0] ?? 'none').toLowerCase()
      server.verifyClient = word === 'require' ? 'require' : word.startsWith('optional') ? 'optional' : 'none'
    },
    sslstrictsnivhostcheck: ({ server, args }) => void (server.strictSni = isOn(args[0])),
    sslproxyengine: ({ dir, args }) => void (dir.proxyEngine = isOn(args[0])),
    sslproxyverify: ({ dir, args }) => void (dir.proxyVerify = (args[0] ?? 'none').toLowerCase() === 'require' ? 'require' : 'none'),
    sslproxyverifydepth: ({ dir, args }) => void (dir.proxyDepth = Number(args[0])),
    sslproxycheckpeername: ({ dir, args }) => void (dir.checkName = isOn(args[0])),
    sslproxycheckpeercn: ({ dir, args }) => void (dir.checkCn = isOn(args[0])),
    sslproxycheckpeerexpire: ({ dir, args }) => void (dir.checkExpiry = isOn(args[0])),
    sslproxycacertificatefile: ({ dir, args, path }) => void (dir.proxyCaFile = path(args[0] ?? '')),
    sslproxyprotocol: ({ dir, args }) => void (dir.proxyProtocols = tlsVersions(args)),
    sslproxyciphersuite: ({ dir, args }) => void (dir.proxyCiphers = args[args.length - 1] ?? ''),
    sslproxymachinecertificatefile: ({ dir, args, path }) => void (dir.proxyCertificate = path(args[0] ?? ''))
  }
}
