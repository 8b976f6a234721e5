import type { Directive, Tree } from './tree.js'

/**
 * What is known of a directive that no module here acts on. `quiet`: nothing on the wire depends on it. `unsupported`:
 * bytes, TLS or timing may differ. `routing`: which origin or which answer a request gets may differ.
 */
export interface Coverage {
  readonly kind: 'quiet' | 'unsupported' | 'routing'
  /** Why, behind the directive's name: `is about logs`. */
  readonly says: string
}

const set = (words: string): ReadonlySet<string> => new Set(words.split(/\s+/).filter((word) => word !== ''))

/** Acted on elsewhere: while the config is read, or in `build.ts`. */
export const structural = set(`
  listen virtualhost location locationmatch directory directorymatch files filesmatch if elseif else proxy proxymatch loadmodule serverroot servertokens
  define undefine include includeoptional ifmodule ifdefine ifversion iffile ifdirective ifsection macro use error undefmacro`)

const subjects: readonly (Coverage & { readonly words: ReadonlySet<string> })[] = [
  {
    kind: 'quiet',
    says: 'is about processes, memory and sockets of the production server; nothing on the wire depends on it',
    words: set(`
      user group pidfile scoreboardfile coredumpdirectory mutex defaultruntimedir serverlimit startservers minspareservers
      maxspareservers minsparethreads maxsparethreads threadlimit threadsperchild maxrequestworkers maxclients
      maxconnectionsperchild maxrequestsperchild asyncrequestworkerfactor threadstacksize listenbacklog listencoresbucketsratio
      listentcpdeferaccept sendbuffersize receivebuffersize maxmemfree gracefulshutdowntimeout acceptfilter enablesendfile
      enablemmap readbuffersize flushmaxpipelined flushmaxthreshold chrootdir suexec suexecusergroup rlimitcpu rlimitmem
      rlimitnproc limitinternalrecursion proxyiobuffersize proxyreceivebuffersize proxyhctpsize watchdoginterval
      heartbeataddress heartbeatlisten heartbeatstorage heartbeatmaxservers h2minworkers h2maxworkers h2maxworkeridleseconds
      cgidscripttimeout scriptsock sslrandomseed sslpassphrasedialog sslcryptodevice sslsessioncache sslsessioncachetimeout
      authdigestshmemsize namevirtualhost defaulttype port macroignoreemptyargs macroignorebadnesting`)
  },
  {
    kind: 'quiet',
    says: 'is about what the production server logs and reports; nothing on the wire depends on it',
    words: set(`
      loglevel errorlog errorlogformat customlog logformat transferlog globallog bufferedlogs logiotrackttfb forensiclog
      extendedstatus seerequesttail proxystatus scriptlog scriptloglength scriptlogbuffer dumpioinput dumpiooutput logmessage
      addmoduleinfo deflatefilternote brotlifilternote filtertrace ssllog sslloglevel anonymous_logemail ldaplibrarydebug`)
  },
  {
    kind: 'quiet',
    says: 'dresses listings of folders, and none are made here',
    words: set(`
      adddescription addicon addiconbyencoding addiconbytype addalt addaltbyencoding addaltbytype defaulticon headername
      readmename indexignore indexignorereset indexoptions indexorderdefault indexstylesheet indexheadinsert fancyindexing`)
  },
  {
    kind: 'quiet',
    says: 'chooses among variants of a file, which counts only where MultiViews or a type map does',
    words: set('languagepriority forcelanguagepriority cachenegotiateddocs multiviewsmatch')
  },
  {
    kind: 'unsupported',
    says: 'is not modelled yet: files are sent without what it says of their name',
    words: set(`
      modmimeusepathinfo mimemagicfile`)
  },
  {
    kind: 'unsupported',
    says: 'is not modelled yet: TLS is spoken with the defaults instead',
    words: set(`
      sslsessiontickets sslsessionticketkeyfile sslhonorcipherorder sslcompression sslinsecurerenegotiation sslusestapling
      sslstaplingcache sslstaplingrespondertimeout sslstaplingreturnrespondererrors sslstaplingfaketrylater
      sslstaplingstandardcachetimeout sslstaplingerrorcachetimeout sslstaplingresponsetimeskew sslstaplingresponsemaxage
      sslstaplingforceurl sslopensslconfcmd sslrenegbuffersize sslsrpunknownuserseed sslsrpverifierfile sslfips sslverifydepth
      sslcadnrequestpath sslcadnrequestfile sslproxymachinecertificatechainfile protocolshonororder`)
  },
  {
    kind: 'routing',
    says: 'is not modelled yet: who is let in may differ from production',
    words: set(`
      limit limitexcept authtype authname authuserfile authgroupfile authbasicprovider authdigestprovider authformprovider
      authzprovideralias authnprovideralias authldapurl authmerging authzsendforbiddenonfailure satisfy allowmethods
      sslrequire sslrequiressl sslvhostsnipolicy sslcacertificatepath sslcarevocationcheck sslocspenable
      luahookcheckuserid luahookaccesschecker luahookauthchecker luaauthzprovider`)
  },
  {
    kind: 'routing',
    says: 'is not modelled yet: which origins are trusted, or trust us, may differ from production',
    words: set('sslproxycarevocationcheck sslproxycacertificatepath sslproxymachinecertificatepath')
  },
  {
    kind: 'routing',
    says: 'is not modelled yet: requests would go another way than in production',
    words: set(`
      rewriterule rewritecond rewritemap rewriteengine rewritebase rewriteoptions
      balancermember balancergrowth balancerinherit proxyset proxyremote proxyremotematch noproxy proxyblock proxydomain
      proxyexpressenable allowconnect proxyfcgisetenvif
      scriptalias scriptaliasmatch action script setinputfilter sethandler addhandler virtualdocumentroot virtualdocumentrootip
      virtualscriptalias virtualscriptaliasip serverpath userdir dav checkspelling cacheenable cachedisable
      setenvifexpr remoteipheader remoteipproxyprotocol mdomain mdomainset mdrequirehttps
      substitute proxyhtmlenable proxyhtmlurlmap setoutputfilter addoutputfilter addoutputfilterbytype
      redirectrelative aliaspreservepath qualifyredirecturl regexdefaultoptions stricthostcheck directoryindexredirect
      acceptpathinfo protocolecho luamaphandler luaquickhandler luahookpretranslatename luahooktranslatename luahookfixups
      luahookmaptostorage luahooktypechecker`)
  }
]
const bySubject = new Map(subjects.flatMap((subject) => [...subject.words].map((word) => [word, subject] as const)))

const elsewhere: Coverage = { kind: 'unsupported', says: 'is not modelled yet: it has no effect here' }
const switchedOff: Coverage = { kind: 'quiet', says: 'says what holds here anyway' }
const noRewriting: Coverage = { kind: 'quiet', says: 'does nothing: no RewriteEngine is on' }
const ownPage: Coverage = { kind: 'unsupported', says: 'is not modelled yet: pages that httpd makes about itself are not served here' }
const typeMaps: Coverage = { kind: 'unsupported', says: 'is not modelled yet: a type map is served as it stands' }
const filters: Coverage = { kind: 'unsupported', says: 'is not modelled yet: bodies pass as they are' }
const variables: Coverage = { kind: 'unsupported', says: 'is not modelled yet: variables of TLS are not set' }
const http2: Coverage = { kind: 'unsupported', says: 'is about HTTP/2, which is not served here: clients get HTTP/1.1' }
const names: Coverage = { kind: 'unsupported', says: 'is not modelled yet: clients go by their address' }

/** By what it says, and by what else there is. */
export function coverageOf(directive: Directive, tree: Tree): Coverage {
  const { key, args } = directive
  const known = bySubject.get(key) ?? (key.startsWith('h2') ? http2 : elsewhere)
  const word = (args[0] ?? '').toLowerCase()
  switch (key) {
    case 'rewriteengine':
      return word === 'on' ? known : switchedOff
    case 'rewriterule':
    case 'rewritecond':
    case 'rewritemap':
    case 'rewritebase':
    case 'rewriteoptions':
      return rewrites(tree) ? known : noRewriting
    case 'sethandler':
      return word === 'none' ? switchedOff : ownPages.has(word) ? ownPage : known
    case 'addhandler':
      // negotiated variants: of files that hardly anybody has
      return word === 'type-map' ? typeMaps : known
    case 'addoutputfilterbytype':
    case 'setoutputfilter':
    case 'addoutputfilter':
      return filters
    case 'hostnamelookups':
      return word === 'off' ? switchedOff : names
    case 'ssloptions':
      return args.some((each) => /^\+?(fakebasicauth|strictrequire)$/i.test(each)) ? { ...variables, kind: 'routing' } : variables
    case 'userdir':
      return word.startsWith('disabled') ? switchedOff : known
    default:
      return (defaults[key] ?? never).test(word) ? switchedOff : known
  }
}

/** Words that ask for what is done here anyway. */
const defaults: Readonly<Record<string, RegExp>> = {
  authtype: /^none$/,
  dav: /^off$/,
  checkspelling: /^off$/,
  contentdigest: /^off$/,
  sslcarevocationcheck: /^none$/,
  sslproxycarevocationcheck: /^none$/,
  sslocspenable: /^off$/,
  sslcompression: /^off$/,
  sslhonorcipherorder: /^off$/,
  sslsessiontickets: /^on$/,
  modmimeusepathinfo: /^off$/,
  sslinsecurerenegotiation: /^off$/,
  sslusestapling: /^off$/,
  sslfips: /^off$/,
  stricthostcheck: /^off$/,
  acceptpathinfo: /^(off|default)$/,
  directoryindexredirect: /^off$/,
  protocolecho: /^off$/,
  mdrequirehttps: /^off$/,
  redirectrelative: /^off$/,
  qualifyredirecturl: /^off$/,
  aliaspreservepath: /^off$/,
  proxyhtmlenable: /^off$/,
  proxyexpressenable: /^off$/,
  remoteipproxyprotocol: /^off$/,
  h2websockets: /^off$/,
  session: /^off$/,
  cookietracking: /^off$/,
  expiresactive: /^off$/,
  identitycheck: /^off$/,
  mergetrailers: /^off$/,
  xbithack: /^off$/
}
const never = /(?!)/

/** Pages that httpd makes about itself. */
const ownPages = set('server-status server-info balancer-manager ldap-status default-handler')

function rewrites(tree: Tree): boolean {
  return tree.byId.some((each) => each.key === 'rewriteengine' && each.args[0]?.toLowerCase() === 'on')
}
