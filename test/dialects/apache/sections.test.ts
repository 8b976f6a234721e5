import { expect, test } from 'vitest'
import { get, linesOf, load, responded, sent, siteOf, start, t0 } from './desk.js'

/** The status of a path, with every file there. */
function statusOf(config: string, target: string): number {
  const { exchange, step } = start(siteOf(config), get(target))
  if (step.do !== 'lookAt') return responded(step).head.status
  const files = step.paths.map((path) => ({ path, kind: 'file' as const, bytes: 3, mtimeMs: 0, inode: 1 }))
  return responded(exchange.next({ was: 'files', files }, t0)).head.status
}

const distribution = `Listen 80
DocumentRoot /var/www/html
<Directory />
  Require all denied
</Directory>
<Directory /var/www/>
  AllowOverride None
  Require all granted
</Directory>
<FilesMatch "^\\.ht">
  Require all denied
</FilesMatch>
`

test('what a distribution ships: a root that is closed, a folder that is open, .ht files that are not', () => {
  expect(statusOf(distribution, '/page.html')).toBe(200)
  expect(statusOf(distribution, '/.htpasswd')).toBe(403)
  expect(statusOf(`${distribution}Alias /etc /etc\n`, '/etc/passwd')).toBe(403)
})

test('what is proxied is asked of <Location> and <Proxy>, not of <Directory> and <Files>', () => {
  const site = siteOf(`${distribution}ProxyPass /app http://127.0.0.1:3000/app\n<Location /app/admin>\nRequire all denied\n</Location>\n`)
  expect(sent(start(site, get('/app/.htaccess')).step).head.target).toBe('/app/.htaccess')
  expect(responded(start(site, get('/app/admin/x')).step).head.status).toBe(403)
  const closed = siteOf(
    'Listen 80\nProxyPass / http://127.0.0.1:3000/\n<Proxy http://127.0.0.1:3000/private>\nRequire all denied\n</Proxy>\n'
  )
  expect(responded(start(closed, get('/private/x')).step).head.status).toBe(403)
  expect(sent(start(closed, get('/open')).step).to.port).toBe(3000)
})

test('a <Files> inside of a <Directory> holds there alone', () => {
  const config = `${distribution}<Directory /var/www/html/in>\n<Files secret.txt>\nRequire all denied\n</Files>\n</Directory>\n`
  expect(statusOf(config, '/in/secret.txt')).toBe(403)
  expect(statusOf(config, '/secret.txt')).toBe(200)
})

test('later sections are laid over earlier ones, and a virtual host over the server', () => {
  const site = siteOf(`Listen 80
RequestHeader set X-A server
<Location /a>
RequestHeader set X-A outer
</Location>
<VirtualHost *:80>
ServerName www.example.test
ProxyPass / http://127.0.0.1:3000/
<Location /a/b>
RequestHeader append X-A inner
</Location>
</VirtualHost>
`)
  expect(linesOf(sent(start(site, get('/a/b')).step).head.fields)).toContain('X-A: outer, inner')
  expect(linesOf(sent(start(site, get('/ab')).step).head.fields)).toContain('X-A: server')
})

test('Require ip, env and not; Order and Allow', () => {
  const with_ = (lines: string): string => `${distribution}SetEnvIf User-Agent ^curl curl\n<Location />\n${lines}\n</Location>\n`
  expect(statusOf(with_('Require ip 127'), '/x')).toBe(200)
  expect(statusOf(with_('Require ip 10.0.0.0/8'), '/x')).toBe(403)
  expect(statusOf(with_('Require env curl'), '/x')).toBe(403)
  expect(statusOf(with_('<RequireAll>\nRequire all granted\nRequire not ip 127.0.0.0/8\n</RequireAll>'), '/x')).toBe(403)
  expect(statusOf(with_('Order allow,deny\nAllow from 10.1'), '/x')).toBe(403)
  expect(statusOf(with_('Order deny,allow\nDeny from all\nAllow from 127.0.0.1'), '/x')).toBe(200)
})

test('a certificate that is not here is replaced by a local one, with a finding; TLS by name', () => {
  const config = `Listen 443
<VirtualHost *:443>
ServerName app.example.test
ServerAlias *.app.example.test
SSLEngine on
SSLCertificateFile /nowhere/cert.pem
SSLCertificateKeyFile /nowhere/key.pem
SSLProtocol -all +TLSv1.3
</VirtualHost>
`
  const { site, findings } = load(config)
  expect(findings.find((each) => each.code === 'certificate-missing')?.span?.line).toBe(6)
  expect(site?.listeners[0]?.tls).toBe(true)
  const arrival = {
    listener: site?.listeners[0] as never,
    address: '127.0.0.1',
    port: 443,
    client: { address: '::1', port: 1 },
    tls: null,
    connection: 1,
    request: 1,
    chance: () => 0
  }
  expect(site?.secure(arrival, { serverName: 'x.app.example.test', alpn: [] })).toMatchObject({
    certificate: { from: 'local', names: ['app.example.test', '*.app.example.test'] },
    minVersion: 'TLSv1.3',
    maxVersion: 'TLSv1.3'
  })
  const here = load(config, { files: { '/nowhere/cert.pem': 'x', '/nowhere/key.pem': 'y' } })
  expect(here.site?.secure(arrival, { serverName: null, alpn: [] })).toMatchObject({
    certificate: { from: 'files', certFile: '/nowhere/cert.pem' }
  })
})
