import { expect, it } from 'vitest'
import { misspelled } from '../../../../main/dialects/apache/syntax/walking/misspelled.js'
import { readText } from './memory-host.js'

it.each([
  ['ProxyPas', 'ProxyPass'],
  ['proxypasreverse', 'ProxyPassReverse'],
  ['SeverName', 'ServerName'],
  ['ListenTo', 'Listen'],
  ['RequestHaeder', 'RequestHeader'],
  ['<VirtualHosts', '<VirtualHost'],
  ['proxy_pass', 'ProxyPass']
])('%s: is %s meant?', (word, meant) => {
  expect(misspelled(word)).toBe(`Is ${meant} meant?`)
})

it('says nothing of a word that is like no other', () => {
  expect(misspelled('server')).toBeUndefined()
  expect(misspelled('x')).toBeUndefined()
})

it.each([
  ['UTF-8', '\u00ef\u00bb\u00bfListen'],
  ['UTF-16, little end first', '\u00ff\u00feL'],
  ['UTF-16, big end first', '\u00fe\u00ff']
])('a byte order mark of %s is named', (_name, word) => {
  expect(misspelled(word)).toMatch(/byte order mark/)
})

it('is looked for behind the first hundred only: a text that is no config is refused as fast as before', () => {
  const { findings } = readText('ProxyPas / http://a/\n'.repeat(101))
  const refused = findings.filter(({ code }) => code === 'config-refused')
  expect(refused.map(({ hint }) => hint)).toEqual([...Array<string>(100).fill('Is ProxyPass meant?'), undefined])
})

it('stands with the error, as does what to do for a file that is not here', () => {
  const hints = readText('ProxyPas / http://a/\nInclude /etc/letsencrypt/options-ssl-apache.conf\nInclude sites/none.conf\n').findings.map(
    ({ hint }) => hint
  )
  expect(hints).toContain('Is ProxyPass meant?')
  expect(hints).toContain('httpd does not start without it: copy it from the server to that place.')
  expect(hints).toContain(
    'httpd does not start without it: copy it from the server to that place. Relative paths begin at ServerRoot, /etc/apache2 here.'
  )
})
