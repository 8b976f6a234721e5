import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { readTree } from '../../../../main/dialects/apache/syntax/read-tree.js'
import { diskHost } from './real/disk-host.js'
import { askHttpd } from './real/real-httpd.js'

const modules =
  'mpm_event authn_core authn_file authz_core authz_host authz_user auth_basic access_compat alias dir mime env setenvif headers rewrite filter deflate expires remoteip substitute proxy proxy_http proxy_wstunnel proxy_connect slotmem_shm proxy_balancer lbmethod_byrequests proxy_hcheck socache_shmcb ssl http2 reqtimeout macro'.split(
    ' '
  )
const minuteMs = 60_000

/** Fragments behind the LoadModule lines, one a line: `¶` is a line's end. httpd says of each what it thinks. */
const fragments = `
Listen
Listen 80 http x
Listen abc
Listen 0
Listen 70000
Listen [::1]:81¶Listen [::1]:81
Listen *:81¶Listen 81
Listen 81¶Listen 127.0.0.1:81
ServerName *.example.test
ServerName http://a:0
ServerName a:65536
ServerAlias x
Timeout
Timeout 1 2
ErrorDocument 299 x
ErrorDocument 404 "%{NOPE}"
ErrorDocument 404 "%{REQUEST_URI} is not here"
Error "one word"
Error
Options None +Indexes
Options +Indexes None
Options Indexes +FollowSymLinks
Options Foo
<Directory />¶AllowOverride Foo¶</Directory>
LogLevel loud
LogLevel proxy:loud
LogLevel nope:debug
LogLevel warn proxy:debug ssl_module:info
KeepAlive maybe
KeepAliveTimeout 5x
KeepAliveTimeout 500ms
LimitRequestLine -1
LimitRequestBody x
TraceEnable maybe
ServerTokens Loud
AllowEncodedSlashes maybe
HttpProtocolOptions Foo
ProxyPass
ProxyPass /a
ProxyPass /a http:/b
ProxyPass /a http://b:x/
ProxyPass /a /b
ProxyPass /a http://b/ x
ProxyPass /a http://b/ x=y
ProxyPass /a http://b/ timeout=0
ProxyPass /a http://b/ retry=-1
ProxyPass /a http://b/ keepalive=maybe
ProxyPass /a http://b/ connectiontimeout=5x
ProxyPass /a http://b/ connectiontimeout=200ms timeout=5 retry=0 upgrade=websocket
ProxyPass /a http://b/ upgrade=aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa
ProxyPass /a http://b/ flushpackets=maybe
ProxyPass /a http://b/ status=+X
ProxyPass /a http://b/ loadfactor=0
ProxyPass /a http://b/ ping=5h lbset=99 nocanon interpolate mapping=servlet
ProxyPass /a http://b/ mapping=other
ProxyPass /a http://b/ hcmethod=TCP hcinterval=5
ProxyPass /a http://b/ hcmethod=FOO
ProxyPass /a http://b/ hcfoo=1
ProxyPass /a http://b/¶ProxyPass /c http://b/d bad=1
ProxyPass /a http://b/x¶ProxyPass /c http://b/d bad=1
ProxyPass /a balancer://b/ stickysession=x nofailover=maybe
ProxyPass /a balancer://b/ lbmethod=heartbeat
ProxyPass /a balancer:/b
ProxyPass /a unix:/x|http://y/
ProxyPass /a unix:/x|y
ProxyPass ~ "(" http://b/
ProxyPassMatch ~ /a http://b/
ProxyPassMatch ^/a(.*)$ http://b:81$1
ProxyPassMatch ^/a(.* http://b/$1
ProxyPass /a !
<Location /a>¶ProxyPass http://b/ upgrade=websocket¶</Location>
<Location /a>¶ProxyPass /a http://b/¶</Location>
<Location /a>¶ProxyPassReverse /a http://b/¶</Location>
<Directory /a>¶ProxyPass http://b/¶</Directory>
<If true>¶ProxyPassReverse http://b/¶</If>
ProxyPassReverse /a
ProxyPassReverse /a interpolate
ProxyPassReverse
ProxyTimeout 0
ProxyVia Maybe
ProxyPreserveHost Maybe
ProxyErrorOverride On 404 500
ProxyErrorOverride 404
ProxyErrorOverride On 399
<Proxy balancer://b>¶BalancerMember http://c bad=1¶</Proxy>
<Proxy balancer://b>¶BalancerMember¶</Proxy>
<Proxy balancer://b>¶BalancerMember http://c loadfactor=2 route=x¶ProxySet lbmethod=byrequests¶</Proxy>
<Proxy balancer://b lbmethod=nope>¶</Proxy>
<Proxy http://b/ timeout=x>¶</Proxy>
<Proxy * timeout=5>¶</Proxy>
<Proxy>¶</Proxy>
ProxySet balancer://nope lbmethod=byrequests
ProxySet http://nope timeout=5
BalancerMember balancer://b http://c
BalancerMember balancer://b
AllowCONNECT 443 8000-9000
AllowCONNECT x
AllowCONNECT 80-x
Header
Header set X
Header frob X y
Header set X y early
Header set X y env=
Header set X y maybe
Header set X "%q"
Header set X "%{a}e %t %D %%"
Header set X y "expr=%{NOPE} == 'a'"
Header set X y "expr=%{HTTP_HOST} == 'a'"
Header set X "expr=%{HTTP_HOST}"
Header set X y env=A b c
Header always edit X a
Header always edit X ( b
Header edit* X a b env=C
Header unset X y z
Header echo ^X
RequestHeader echo ^X
RequestHeader unset X
RequestHeader set Upgrade "websocket" env=HTTP_UPGRADE
RewriteRule a
RewriteRule a b [L
RewriteRule a b [L,X]
RewriteRule a b [R=999]
RewriteRule a b [R=418]
RewriteRule a b [R=301,L,NE,QSA]
RewriteRule (a b
RewriteRule ^/(?!x)(.*)$ ws://b/$1 [P,L]
RewriteRule "^/a b" "/c d" [NC]
RewriteCond %{HTTP:Upgrade} =websocket [NC]
RewriteCond %{HTTP:Upgrade} (web [NC]
RewriteCond %{HTTP:Upgrade} websocket [X]
RewriteCond x
RewriteCond expr "%{NOPE}"
RewriteCond %{REQUEST_FILENAME} !-f
RewriteMap m int:tolower
RewriteMap m int:other
RewriteBase /
RewriteOptions Foo
RewriteEngine maybe
Redirect
Redirect /a
Redirect /a b
Redirect 301 /a
Redirect gone /a
Redirect gone /a /b
Redirect permanent /a https://b/
Redirect frob /a /b
Redirect 404 /a
RedirectMatch ( /b
RedirectMatch 301 ^/a /b
<Location /a>¶Redirect "https://%{NOPE}/"¶</Location>
<Location /a>¶Redirect "https://%{HTTP_HOST}/"¶</Location>
Alias /a
Alias /a /b
<Location /a>¶Alias /a /b¶</Location>
<Location /a>¶Alias /b¶</Location>
AliasMatch ( /b
SetEnvIf X
SetEnvIf X y
SetEnvIf X ( a
SetEnvIf Upgrade (?i)websocket A=1 !b
SetEnvIfExpr "%{NOPE} == 1" a
BrowserMatch MSIE
Require all granted
<Location /a>¶Require¶</Location>
<Location /a>¶Require all¶</Location>
<Location /a>¶Require all allowed¶</Location>
<Location /a>¶Require nope x¶</Location>
<Location /a>¶Require group admins¶</Location>
<Location /a>¶Require ip¶</Location>
<Location /a>¶Require ip 10 10.1 10.0.0.0/8 ::1 2001:db8::/32¶</Location>
<Location /a>¶Require ip 10.0.0.0/33¶</Location>
<Location /a>¶Require ip 300.0.0.1¶</Location>
<Location /a>¶Require ip example.test¶</Location>
<Location /a>¶Require host example.test¶</Location>
<Location /a>¶Require method GET FROB¶</Location>
<Location /a>¶Require expr %{NOPE} == 'a'¶</Location>
<Location /a>¶Require expr "%{HTTP_HOST} in {'a', 'b'}"¶</Location>
<Location /a>¶Require not ip 10¶</Location>
<Location /a>¶<RequireAll>¶Require not ip 10¶Require all granted¶</RequireAll>¶</Location>
<Location /a>¶<RequireAll>¶</RequireAll>¶</Location>
<Location /a>¶<RequireAny>¶Require not ip 10¶</RequireAny>¶</Location>
<Location /a>¶<RequireNone>¶Require ip 10¶</RequireNone>¶</Location>
<Location /a>¶<RequireAll x>¶</RequireAll>¶</Location>
<Location /a>¶Order allow,deny¶Allow from all¶</Location>
<Location /a>¶Order allow, deny¶</Location>
<Location /a>¶Deny to all¶</Location>
<Location /a>¶Deny from 10.0.0.0/99¶</Location>
<Location /a>¶AuthBasicProvider ldap¶</Location>
SSLEngine maybe
SSLProtocol all -SSLv3 -TLSv1
SSLProtocol SSLv2
SSLProtocol TLSv9
SSLCipherSuite TLSv1.3 TLS_AES_128_GCM_SHA256
SSLCipherSuite TLSv1.2 x
SSLVerifyClient maybe
SSLVerifyDepth -1
SSLProxyVerify none
SSLOptions +Frob
RequestReadTimeout header=20-40,MinRate=500 body=20,MinRate=500
RequestReadTimeout header=20-40
RequestReadTimeout header
RequestReadTimeout frob=1
RemoteIPInternalProxy 10.0.0.0/8 192.0.2.1
RemoteIPInternalProxy 10.0.0.0/99
Substitute "s/a/b/"
Substitute "s/a"
Substitute "s/a/b/z"
Substitute "x/a/b/"
CustomLog /tmp/x combined frob
<VirtualHost>¶</VirtualHost>
<VirtualHost *:80¶</VirtualHost>
<VirtualHost *:80>¶<VirtualHost *:81>¶</VirtualHost>¶</VirtualHost>
<VirtualHost 80>¶</VirtualHost>
<VirtualHost *:99999>¶</VirtualHost>
<VirtualHost *:80>¶</VirtualHost >
<VirtualHost *:80>¶</Virtualhost> x
<VirtualHost *:80>¶Listen 81¶</VirtualHost>
<VirtualHost *:80>¶ServerTokens Prod¶</VirtualHost>
<VirtualHost *:80>¶Require all granted¶</VirtualHost>
<Directory>¶</Directory>
<Directory /a /b>¶</Directory>
<Directory /a>¶<Location /b>¶</Location>¶</Directory>
<Directory ~ "(">¶</Directory>
<DirectoryMatch "^/(a|b">¶</DirectoryMatch>
<LocationMatch "^/(?<app>\\w+)/">¶</LocationMatch>
<Location /a>¶<Files x>¶</Files>¶</Location>
<Location /a>¶<Limit GET>¶Require all denied¶</Limit>¶</Location>
<Limit GET>¶</Limit>
<Location /a>¶<Limit TRACE>¶</Limit>¶</Location>
<Location /a>¶ServerName x¶</Location>
<If "%{HTTP_HOST} == 'a'">¶</If>
<If "%{HTTP_HOST} = ">¶</If>
<If "-n %{HTTP_HOST} && ! -z %{QUERY_STRING}">¶</If>
<If "%{REQUEST_URI} =~ m#^/a#i || %{REMOTE_ADDR} -ipmatch '10.0.0.0/8'">¶</If>
<If "%{REQUEST_URI} =~ /(/">¶</If>
<If "%{REMOTE_ADDR} -frob 'x'">¶</If>
<If "frob('x') == 'y'">¶</If>
<If "tolower(%{HTTP_HOST}) in {'a','b'}">¶</If>
<If "'a' == 'b' . %{HTTP_HOST}">¶</If>
<If true>¶</If>¶<Else>¶</Else>
<Else>¶</Else>
<If>¶</If>
<Frob x>¶</Frob>
Frob x
</Location>
<Location /a>
<IfModule mod_proxy.c>¶Frob¶</IfModule>
<IfModule !mod_proxy.c>¶Frob¶</IfModule>
<IfModule frob>¶<VirtualHost x>¶</IfModule>
<IfModule frob>¶Frob
<IfModule mod_proxy.c>¶Timeout 5
<IfModule>¶</IfModule>
<IfModule mod_proxy.c>¶</IfModule >
<IfVersion >= 2.4>¶Frob¶</IfVersion>
<IfVersion < 2.4>¶Frob¶</IfVersion>
<IfVersion ~ ^2\\.4>¶Frob¶</IfVersion>
<IfVersion 2.x>¶</IfVersion>
<IfVersion ! 2.4>¶</IfVersion>
<IfDirective ProxyPass>¶Frob¶</IfDirective>
<IfSection Proxy>¶Frob¶</IfSection>
<IfFile /etc/passwd>¶Frob¶</IfFile>
<IfFile /nope>¶Frob¶</IfFile>
Define A:b
Define A "x y"¶Error \${A}
Define A Error¶\${A} \${NOPE}
Define A 1¶UnDefine A¶Error \${A}
Define A¶<IfDefine A>¶Frob¶</IfDefine>
Include /nope.conf
Include /nope/*.conf
IncludeOptional /nope/*.conf
IncludeOptional /nope.conf
<Macro>¶</Macro>
<Macro M $a $a>¶</Macro>
<Macro M>¶Frob¶</Macro>
<Macro M>¶Timeout 5
<Macro M $a>¶Timeout $a¶</Macro>¶Use M
Use M
<Macro M>¶</Macro>¶Use N
<Macro M>¶Use M¶</Macro>¶Use M
UndefMacro M
Timeout 5 \\¶6
# a comment \\¶Frob
"Timeout" "5"
Timeout '5
Timeout "5" x
TIMEOUT 5
`
  .split('\n')
  .filter((line) => line !== '')

let work = ''
beforeAll(() => {
  work = mkdtempSync(join(tmpdir(), 'rules-'))
})
afterAll(() => rmSync(work, { recursive: true }))

/** `line message` without httpd's usage texts, or `ok`. */
interface Said {
  readonly line: number | null
  readonly message: string
}
const loads = modules.map((name) => `LoadModule ${name}_module /usr/lib/apache2/modules/mod_${name}.so`)

async function askReal(text: string, worker: number): Promise<Said> {
  const path = join(work, `${worker}.conf`)
  writeFileSync(path, text)
  const real = await askHttpd(work, path)
  // Of a macro httpd counts lines by themselves; we name the line in the file.
  const inMacro = real.file?.startsWith('macro') === true
  return real.ok
    ? { line: null, message: 'ok' }
    : { line: inMacro ? null : real.line, message: real.message.replaceAll(path, join(work, 'x.conf')) }
}
function askOurs(text: string): Said {
  const path = join(work, 'x.conf')
  const tree = readTree([{ path, text }], diskHost(), { generation: 1, defines: new Map(), lenient: false, root: work })
  return tree.refused === null
    ? { line: null, message: 'ok' }
    : { line: tree.refused.span?.endLine ?? null, message: tree.refused.message.replaceAll('\n', '\\n').replaceAll('\t', '\\t') }
}

/** Fragments where our words for a syntax error in an expression are not those of httpd's generated parser. */
const inOtherWords = new Set(['<If "%{HTTP_HOST} = ">¶</If>', 'RewriteCond expr "%{NOPE}"'])

describe('each rule, beside apache2 -t', () => {
  it(`gives the verdict, line and words of httpd on ${fragments.length} fragments`, { timeout: 3 * minuteMs }, async () => {
    const differences: string[] = []
    const queue = fragments.values()
    const next = async (worker: number) => {
      for (const fragment of queue) {
        const text = [...loads, 'ServerName x', `ErrorLog ${work}/error.log`, ...fragment.split('¶'), ''].join('\n')
        const [real, ours] = [await askReal(text, worker), askOurs(text)]
        const sameWords = real.message.startsWith(ours.message.trim()) || (inOtherWords.has(fragment) && ours.message !== 'ok')
        if (!sameWords || (real.line !== ours.line && real.line !== null))
          differences.push(`${fragment}: httpd ${real.line} ${real.message} | we ${ours.line} ${ours.message}`)
      }
    }
    await Promise.all([next(1), next(2)])
    expect(differences).toEqual([])
  })
})
