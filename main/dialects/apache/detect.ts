const sure =
  /^\s*(<\/?(VirtualHost|Directory|DirectoryMatch|Location|LocationMatch|IfModule|IfDefine|Proxy|Files|Macro)\b|ProxyPass(Match|Reverse)?\s|LoadModule\s|ServerRoot\s|DocumentRoot\s|RewriteEngine\s|RequestHeader\s|SSLEngine\s|ProxyPreserveHost\s|ServerAlias\s|Define\s)/im
const likely = /^\s*(Listen|ServerName|Include|IncludeOptional|Header|Timeout|ErrorDocument|Redirect|Require|SetEnv|SetEnvIf)\s+\S/im
const nginx = /^\s*(server|http|events|upstream\s+\S+|location\s+[^>]*)\s*\{|;\s*$/m

/** How sure a text is a config of httpd: sections in angle brackets and its directives, no braces, no semicolons at line ends. */
export function detect(text: string, path: string): number {
  const start = text.slice(0, 65_536)
  if (/^\s*[{[]/.test(start)) return 0
  if (nginx.test(start) && !/^\s*<\w/m.test(start)) return 0.05
  if (sure.test(start)) return 0.95
  if (likely.test(start)) return 0.7
  return /\.htaccess$|(apache2|httpd|sites-(available|enabled))/.test(path) ? 0.6 : 0.1
}
