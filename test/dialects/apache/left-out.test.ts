import { describe, expect, it } from 'vitest'
import type { TraceLine } from '../../../shared/trace.js'
import { get, handshake, siteOf, start } from './desk.js'

const site = siteOf(
  `Listen 80
RewriteRule ^/main /elsewhere [PT]
ScriptAlias /cgi/ /srv/cgi/
<VirtualHost *:80>
  ServerName www.example.test
  RewriteEngine on
  RewriteCond %{HTTP:Upgrade} =websocket
  RewriteRule ^/foo /bar [R=301]
  ProxyPass /app/ http://127.0.0.1:3000/
  <Location /ws/>
    RewriteRule .* ws://127.0.0.1:3001/ [P]
  </Location>
</VirtualHost>
<VirtualHost *:80>
  ServerName other.example.test
  RewriteRule ^/foo /baz [R=301]
</VirtualHost>
`,
  { lenient: true }
)

function leftOut(of: typeof site, target: string, ...fields: string[]): TraceLine[] {
  const head = get(target, ...fields)
  return of.trace(start(of, head).exchange.decision(), head).lines.filter(({ verdict }) => verdict === 'leftOut')
}
function linesLeftOut(target: string, ...fields: string[]): unknown[] {
  return leftOut(site, target, ...fields).map(({ span }) => span?.line)
}

describe('lines that were left out', () => {
  it('are named where they may decide: of the server that answers, and of the sections that hold', () => {
    expect(linesLeftOut('/foo')).toEqual([3, 8])
    expect(linesLeftOut('/app/')).toEqual([3, 8])
    expect(linesLeftOut('/ws/chat', ...handshake)).toEqual([3, 8, 11])
    expect(linesLeftOut('/foo', 'Host: other.example.test')).toEqual([3, 16])
  })
  it('say that they were, and that production may go by them', () => {
    expect(leftOut(site, '/foo').at(-1)).toMatchObject({
      directive: 'RewriteRule ^/foo /bar [R=301]',
      says: 'Line 8 was left out: in production it may decide here.'
    })
  })
  it('are of the main server, too, where no virtual host answers, or the rules are inherited', () => {
    const rule = 'RewriteEngine on\nRewriteRule ^/foo /bar [R=301]\n'
    const host = '<VirtualHost *:80>\nServerName www.example.test\n</VirtualHost>\n'
    const linesOf = (text: string): unknown[] => leftOut(siteOf(text, { lenient: true }), '/foo').map(({ span }) => span?.line)
    expect(linesOf(`Listen 80\n${rule}`)).toEqual([3])
    expect(linesOf(`Listen 80\n${rule}${host}`)).toEqual([])
    expect(linesOf(`Listen 80\n${rule}RewriteOptions InheritDownBefore\n${host}`)).toEqual([3])
  })
})
