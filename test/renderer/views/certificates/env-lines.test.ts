import { execFileSync } from 'node:child_process'
import { expect, test } from 'vitest'
import { envBlock, envLines } from '../../../../renderer/views/certificates/env-lines.js'

const roots = [{ certFile: '/d/ca.pem', alias: 'switchyard-local' }]
const facts = { command: ['switchyard'], data: [], roots, asked: { url: 'https://localhost:8443/', at: null } }
const lineOf = (lines: ReturnType<typeof envLines>, who: string) => lines.find((each) => each.who === who)?.line

test('each shell sets a variable its own way', () => {
  expect(lineOf(envLines('sh', facts), 'Node.js')).toBe('export NODE_EXTRA_CA_CERTS="$(switchyard ca path)"')
  expect(lineOf(envLines('fish', facts), 'OpenSSL, Go, Ruby')).toBe('set -gx SSL_CERT_FILE (switchyard ca path --bundle)')
  expect(lineOf(envLines('powershell', facts), 'Python requests')).toBe('$env:REQUESTS_CA_BUNDLE = (switchyard ca path --bundle)')
  expect(lineOf(envLines('sh', facts), 'curl')).toBe('curl --cacert "$(switchyard ca path --bundle)" https://localhost:8443/')
})

test('curl is told where a name is that only the config knows', () => {
  const asked = { url: 'https://app.example.com:18443/', at: { name: 'app.example.com', address: '127.0.0.1', port: 18443 } }
  expect(lineOf(envLines('sh', { ...facts, asked }), 'curl')).toBe(
    'curl --cacert "$(switchyard ca path --bundle)" --resolve app.example.com:18443:127.0.0.1 https://app.example.com:18443/'
  )
})

test('another data folder is told to the command, quoted as the shell wants it', () => {
  const elsewhere = { ...facts, command: ['printf', '<%s>'], data: ['--data', "/it's here/data"] }
  const block = envBlock(envLines('sh', elsewhere))
  const said = execFileSync('/bin/sh', ['-c', `${block}; printf %s "$NODE_EXTRA_CA_CERTS"`], { encoding: 'utf8' })
  expect(said).toBe("<ca><path><--data></it's here/data>")
  expect(lineOf(envLines('powershell', elsewhere), 'Node.js')).toContain("--data '/it''s here/data'")
})

test('a program that has to be quoted is called by & in PowerShell', () => {
  const app = { ...facts, command: ['C:\\Program Files\\Switchyard\\switchyard.exe'] }
  expect(lineOf(envLines('powershell', app), 'Node.js')).toBe(
    "$env:NODE_EXTRA_CA_CERTS = (& 'C:\\Program Files\\Switchyard\\switchyard.exe' ca path)"
  )
  const script = { ...facts, command: ['node', '/it is/switchyard.js'] }
  expect(lineOf(envLines('powershell', script), 'Node.js')).toBe("$env:NODE_EXTRA_CA_CERTS = (node '/it is/switchyard.js' ca path)")
})
