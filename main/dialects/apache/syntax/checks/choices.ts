import type { Check } from '../walking/call.js'

/** One of these words, case aside; else httpd's message. */
function oneOf(words: string, says: (name: string, word: string) => string): Check {
  const allowed = new Set(words.split(' '))
  return ({ name, words: [word = ''] }) => (allowed.has(word.toLowerCase()) ? null : says(name, word))
}

const onOff = oneOf('on off', () => "parameter must be 'on' or 'off'")
const verify = oneOf('none off optional require on optional_no_ca', (name, word) => `${name}: Invalid argument '${word}'`)

/** Directives that take one word of a few. */
export const choices: readonly (readonly [string, Check])[] = [
  ['enablemmap', onOff],
  ['enablesendfile', onOff],
  ['usecanonicalphysicalport', onOff],
  ['usecanonicalname', oneOf('on off dns', () => "parameter must be 'on', 'off', or 'dns'")],
  ['hostnamelookups', oneOf('on off double', () => "parameter must be 'on', 'off', or 'double'")],
  ['acceptpathinfo', oneOf('on off default', () => 'AcceptPathInfo must be set to on, off or default')],
  ['traceenable', oneOf('on off extended', () => "TraceEnable must be one of 'on', 'off', or 'extended'")],
  ['serversignature', oneOf('on off email', () => 'ServerSignature: use one of: off | on | email')],
  [
    'servertokens',
    oneOf(
      'os min minimal major minor prod productonly full',
      () => "ServerTokens takes 1 argument: 'Prod(uctOnly)', 'Major', 'Minor', 'Min(imal)', 'OS', or 'Full'"
    )
  ],
  ['allowencodedslashes', oneOf('on off nodecode', (name) => `${name} must be On, Off, or NoDecode`)],
  ['proxyvia', oneOf('off on block full', () => 'ProxyVia must be one of: off | on | full | block')],
  ['proxybadheader', oneOf('iserror ignore startbody', () => 'ProxyBadHeader must be one of: IsError | Ignore | StartBody')],
  ['proxystatus', oneOf('off on full', () => 'ProxyStatus must be one of: off | on | full')],
  ['order', oneOf('allow,deny deny,allow mutual-failure', () => 'unknown order')],
  ['sslengine', oneOf('on off optional', () => 'Argument must be On or Off')],
  ['sslverifyclient', verify],
  ['sslproxyverify', verify]
]
