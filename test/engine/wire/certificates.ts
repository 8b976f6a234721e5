import { execFileSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/** A key pair on disk and as PEM. */
export interface Made {
  readonly certFile: string
  readonly keyFile: string
  readonly cert: string
  readonly key: string
}

/** Makes certificates by openssl in a folder of its own. */
export class TestAuthority {
  readonly folder = mkdtempSync(join(tmpdir(), 'wire-certs-'))
  readonly ca: Made
  #serial = 1

  constructor(name = 'Test Authority') {
    this.ca = this.#make('ca', name, ['-extensions', 'v3_ca'])
  }

  /** A certificate that signs itself. */
  selfSigned(names: string): Made {
    return this.#make(`self${this.#serial++}`, 'self', ['-addext', `subjectAltName=${names}`])
  }

  /** An end entity of this authority. `from` and `to`: YYYYMMDDHHMMSSZ. */
  issue(names: string, dates: { readonly from: string; readonly to: string } = { from: '20200101000000Z', to: '20450101000000Z' }): Made {
    const base = join(this.folder, `leaf${this.#serial++}`)
    openssl(['ecparam', '-name', 'prime256v1', '-genkey', '-noout', '-out', `${base}.key`])
    openssl(['req', '-new', '-key', `${base}.key`, '-subj', '/CN=leaf', '-out', `${base}.csr`])
    writeFileSync(`${base}.cnf`, caConfig(this.folder, names))
    writeFileSync(join(this.folder, 'index.txt'), '')
    openssl([
      ...['ca', '-batch', '-notext', '-config', `${base}.cnf`, '-in', `${base}.csr`, '-out', `${base}.crt`, '-cert', this.ca.certFile],
      ...['-keyfile', this.ca.keyFile, '-startdate', dates.from, '-enddate', dates.to, '-md', 'sha256', '-extensions', 'leaf']
    ])
    return made(`${base}.crt`, `${base}.key`)
  }

  remove(): void {
    rmSync(this.folder, { recursive: true, force: true })
  }

  #make(file: string, name: string, extra: readonly string[]): Made {
    const base = join(this.folder, file)
    openssl([
      ...['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-days', '3', '-subj', `/CN=${name}`],
      ...['-keyout', `${base}.key`, '-out', `${base}.crt`, ...extra]
    ])
    return made(`${base}.crt`, `${base}.key`)
  }
}

function made(certFile: string, keyFile: string): Made {
  return { certFile, keyFile, cert: readFileSync(certFile, 'latin1'), key: readFileSync(keyFile, 'latin1') }
}

function openssl(words: readonly string[]): void {
  execFileSync('openssl', words, { stdio: ['ignore', 'ignore', 'pipe'] })
}

function caConfig(folder: string, names: string): string {
  return `[ca]\ndefault_ca=here\n[here]\nnew_certs_dir=${folder}\ndatabase=${join(folder, 'index.txt')}\nrand_serial=yes\npolicy=any\n[any]\ncommonName=supplied\n[leaf]\nsubjectAltName=${names}\n`
}
