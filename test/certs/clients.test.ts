import { execFile } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { connect, type TLSSocket } from 'node:tls'
import { describe, expect, it } from 'vitest'
import { Authorities } from '../../main/certs/authorities.js'
import { writeAuthoritiesFile, writeBundle } from '../../main/certs/bundle.js'
import { Issuer } from '../../main/certs/issuer.js'
import { temporaryFolder } from './data-folder.js'
import { serveWith } from './tls-origin.js'

/** Every check on: the authorities file as `ca`, name as asked. */
function nodeClient(port: number, caFile: string, address: string, name: string): Promise<string> {
  return new Promise((resolve) => {
    const options = { host: address, port, ca: readFileSync(caFile), ...(/[:]|^[0-9.]+$/.test(name) ? {} : { servername: name }) }
    const socket: TLSSocket = connect(options, () => {
      resolve(socket.authorized ? 'authorized' : String(socket.authorizationError))
      socket.destroy()
    })
    socket.on('error', (error: NodeJS.ErrnoException) => resolve(error.code ?? error.message))
  })
}

function curl(...args: string[]): Promise<{ code: number; said: string }> {
  return new Promise((resolve) => {
    execFile('curl', ['--silent', '--show-error', '--max-time', '10', ...args], (failed, stdout, stderr) => {
      resolve({ code: failed ? Number(failed.code) : 0, said: stdout + stderr })
    })
  })
}

async function served(names: readonly string[], address = '127.0.0.1'): Promise<{ port: number; caFile: string; bundleFile: string }> {
  const authorities = new Authorities({ dataDir: temporaryFolder() })
  const port = await serveWith(new Issuer({ authorities }), { from: 'local', names }, address)
  return { port, caFile: await writeAuthoritiesFile(authorities), bundleFile: await writeBundle(authorities) }
}

describe('a Node client with the authorities as ca', () => {
  it.each([
    ['localhost', ['localhost']],
    ['app.localhost', ['app.localhost']],
    ['127.0.0.1', ['localhost']],
    ['app.example.com', ['app.example.com', 'localhost']],
    ['a.wild.example.com', ['*.wild.example.com']],
    ['xn--bcher-kva.example', ['xn--bcher-kva.example']]
  ])('trusts %s', async (name, names) => {
    const { port, caFile } = await served(names)
    expect(await nodeClient(port, caFile, '127.0.0.1', name)).toBe('authorized')
  })
  it('trusts ::1', async () => {
    const { port, caFile } = await served(['localhost'], '::1')
    expect(await nodeClient(port, caFile, '::1', '::1')).toBe('authorized')
  })
  it('refuses a name that is not in the config', async () => {
    const { port, caFile } = await served(['app.example.com'])
    expect(await nodeClient(port, caFile, '127.0.0.1', 'bank.example')).toBe('ERR_TLS_CERT_ALTNAME_INVALID')
  })
  it('refuses all with another authority', async () => {
    const { port } = await served(['localhost'])
    const { caFile } = await served(['localhost'])
    expect(await nodeClient(port, caFile, '127.0.0.1', 'localhost')).toBe('UNABLE_TO_VERIFY_LEAF_SIGNATURE')
  })
})

describe('curl', () => {
  it.each([['--cacert'], ['bundle']])('with %s loads names and addresses', async (which) => {
    const { port, caFile, bundleFile } = await served(['app.example.com', 'localhost'])
    const ca = ['--cacert', which === 'bundle' ? bundleFile : caFile]
    expect(await curl(...ca, `https://localhost:${port}/`)).toEqual({ code: 0, said: '<title>served</title>it works\n' })
    expect((await curl(...ca, '--resolve', `app.example.com:${port}:127.0.0.1`, `https://app.example.com:${port}/`)).code).toBe(0)
  })
  it('loads https://127.0.0.1', async () => {
    const { port, caFile } = await served(['localhost'])
    expect((await curl('--cacert', caFile, `https://127.0.0.1:${port}/`)).code).toBe(0)
  })
  it('refuses without it: exit 60', async () => {
    const { port } = await served(['localhost'])
    expect((await curl(`https://localhost:${port}/`)).code).toBe(60)
  })
})
