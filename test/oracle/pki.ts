import { execFileSync } from 'node:child_process'
import { chmodSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

const longValid: Validity = ['20200101000000Z', '20400101000000Z']
const expired: Validity = ['20200101000000Z', '20210101000000Z']
type Validity = readonly [from: string, until: string]

/** Certificates by name, made by the openssl command in `folder`: `NAME.crt` and `NAME.key`, readable by the servers' users. */
export function makeCertificates(folder: string): void {
  mkdirSync(folder, { recursive: true })
  selfSigned(folder, 'ca', 'Oracle Test CA', ['-addext', 'keyUsage=critical,keyCertSign,cRLSign'])
  selfSigned(folder, 'otherca', 'Other Test CA', [])
  selfSigned(folder, 'selfsigned', 'selfsigned.example.test', ['-addext', 'subjectAltName=DNS:selfsigned.example.test'])
  signed(folder, 'www', 'www.example.test', 'DNS:www.example.test,DNS:example.test,DNS:*.wild.example.test')
  signed(folder, 'second', 'second.example.test', 'DNS:second.example.test')
  signed(folder, 'backend', 'localhost', 'DNS:localhost,DNS:backend.example.test,IP:127.0.0.1')
  signed(folder, 'wrongname', 'wrong.example.test', 'DNS:wrong.example.test')
  signed(folder, 'expired', 'localhost', 'DNS:localhost,IP:127.0.0.1', expired)
  for (const name of readdirSync(folder)) chmodSync(join(folder, name), 0o644)
}

function openssl(folder: string, ...args: string[]): void {
  execFileSync('openssl', args, { cwd: folder, stdio: ['ignore', 'ignore', 'pipe'] })
}

function makeKey(folder: string, name: string): void {
  openssl(folder, 'genpkey', '-algorithm', 'EC', '-pkeyopt', 'ec_paramgen_curve:P-256', '-out', `${name}.key`)
}

function selfSigned(folder: string, name: string, commonName: string, extensions: string[]): void {
  makeKey(folder, name)
  openssl(
    folder,
    'req',
    '-x509',
    '-new',
    '-key',
    `${name}.key`,
    '-subj',
    `/CN=${commonName}`,
    '-days',
    '3650',
    '-out',
    `${name}.crt`,
    ...extensions
  )
}

/** `openssl ca`, since it alone takes both dates of the validity in OpenSSL 3.0. */
function signed(folder: string, name: string, commonName: string, subjectAltName: string, [from, until] = longValid): void {
  makeKey(folder, name)
  openssl(folder, 'req', '-new', '-key', `${name}.key`, '-subj', `/CN=${commonName}`, '-out', `${name}.csr`)
  writeFileSync(join(folder, `${name}.cnf`), authorityConfig(name, subjectAltName))
  writeFileSync(join(folder, `${name}.idx`), '')
  writeFileSync(join(folder, `${name}.srl`), `10${1000 + Math.floor(Math.random() * 8000)}\n`)
  const authority = ['-config', `${name}.cnf`, '-cert', 'ca.crt', '-keyfile', 'ca.key']
  openssl(
    folder,
    'ca',
    '-batch',
    '-notext',
    ...authority,
    '-in',
    `${name}.csr`,
    '-out',
    `${name}.crt`,
    '-startdate',
    from,
    '-enddate',
    until
  )
}

function authorityConfig(name: string, subjectAltName: string): string {
  return `[ca]
default_ca=d
[d]
database=${name}.idx
new_certs_dir=.
serial=${name}.srl
default_md=sha256
policy=p
unique_subject=no
x509_extensions=x
[p]
commonName=supplied
[x]
basicConstraints=CA:FALSE
subjectAltName=${subjectAltName}
`
}
