import { describe, expect, it } from 'vitest'
import { outline, readText, verdict } from './memory-host.js'

describe('readTree', () => {
  it('keeps sections, words and places', () => {
    const tree = readText(
      'Listen 80\n<VirtualHost *:80>\n  ServerName "a b" # no comment\n  ProxyPass /ws/ \\\n    ws://127.0.0.1:3000/\n</VirtualHost>\n'
    )
    expect(outline(tree)).toBe('Listen|80\n<VirtualHost|*:80\n  ServerName|a b|#|no|comment\n  ProxyPass|/ws/|ws://127.0.0.1:3000/')
    expect(verdict(tree)).toBe('ServerName takes one argument @3')
    expect(tree.byId.map((d) => d.id)).toEqual([0, 1, 2, 3])
    expect(tree.byId[3]?.span).toEqual({ file: '/etc/apache2/apache2.conf', line: 4, column: 3, endLine: 5, endColumn: 25 })
  })

  it('says where a NUL hides a line, of each file once: a file of other bytes would be an empty config without a word', () => {
    const tree = readText('Listen 80\nServerName\0 a\n\0\nInclude more.conf\n', { '/etc/apache2/more.conf': '\0\0\n\0' })
    expect(outline(tree)).toBe('Listen|80\nServerName')
    const nuls = tree.findings.filter(({ code }) => code === 'nul-byte')
    expect(nuls.map(({ severity, span }) => [severity, span?.file, span?.line, span?.column])).toEqual([
      ['warning', '/etc/apache2/apache2.conf', 2, 11],
      ['warning', '/etc/apache2/more.conf', 1, 1]
    ])
  })

  it('reads files in place of their Include, in strcmp order', () => {
    const files = {
      '/etc/apache2/conf/b.conf': 'ServerName b',
      '/etc/apache2/conf/B.conf': 'ServerName B',
      '/etc/apache2/conf/.hidden': 'ServerName hidden',
      '/etc/apache2/x/1/a.conf': 'ServerName x1'
    }
    expect(outline(readText('Include conf/*.conf\nInclude x/*/a.conf\nInclude conf', files))).toBe(
      ['B', 'b', 'x1', 'hidden', 'B', 'b'].map((name) => `ServerName|${name}`).join('\n')
    )
  })

  it('resolves what is conditional as httpd does while it reads', () => {
    const text = `Define A 1
<IfDefine A>
Listen 8\${A}
</IfDefine>
<IfDefine !A>
Nonsense
</IfDefine>
<IfModule mod_proxy.c>
<IfModule !proxy_html_module>
ServerName \${HOME}.\${NOWHERE}
</IfModule>
</IfModule>
<IfVersion >= 2.4>
ServerAdmin a@b
</IfVersion>
Macro
`
    const tree = readText(text, {}, {}, { HOME: 'home' })
    expect(outline(tree)).toBe('Listen|81\nServerName|home.${NOWHERE}\nServerAdmin|a@b\nMacro')
    expect(verdict(tree)).toBe(
      "Invalid command 'Macro', perhaps misspelled or defined by a module not included in the server configuration @16"
    )
  })

  it("puts a macro's lines where it is used", () => {
    const text =
      '<Macro Vhost $name $port>\n<VirtualHost *:$port>\nServerName $name\n</VirtualHost>\n</Macro>\nUse VHost www.example.test 81\nUse Vhost b 82\nListen 80\n'
    const tree = readText(text)
    expect(outline(tree)).toBe('<VirtualHost|*:81\n  ServerName|www.example.test\n<VirtualHost|*:82\n  ServerName|b\nListen|80')
    expect(tree.byId[1]?.span.line).toBe(3)
    expect(verdict(tree)).toBe('ok')
  })

  it('tells the modules that it assumes', () => {
    const tree = readText('Listen 80\n')
    expect(tree.findings.map((f) => f.code)).toEqual(['modules-assumed'])
    expect(tree.modules.has('mod_proxy.c') && tree.modules.has('proxy_wstunnel_module')).toBe(true)
    expect(readText('LoadModule proxy_module modules/mod_proxy.so\nListen 80\n').modules.has('proxy_http_module')).toBe(false)
  })

  it('leaves it to the severity to say that a finding is a warning', () => {
    const { findings } = readText('<VirtualHost *:80>\nDocumentRoot /srv/none\n</VirtualHost>\n')
    expect(findings.find(({ code }) => code === 'path-missing')).toMatchObject({
      severity: 'warning',
      message: 'DocumentRoot [/srv/none] does not exist'
    })
  })

  it('says what stays open, and goes on', () => {
    expect(verdict(readText('<VirtualHost *:80>\n<Location />\nListen x\n'))).toBe(
      '/etc/apache2/apache2.conf:2: <Location> was not closed.\n/etc/apache2/apache2.conf:1: <VirtualHost> was not closed. @1'
    )
    expect(verdict(readText('<VirtualHost *:80>\n</Location>\n'))).toBe('Expected </VirtualHost> but saw </Location> @2')
    expect(verdict(readText('</Location>\n'))).toBe('</Location> without matching <Location> section @1')
  })
})
