import type { Tree, Directive } from './tree.js'

/** What is known of a directive that no module here acts on. */
export type Coverage = 'harmless' | 'unsupported' | 'routing'

const set = (words: string): ReadonlySet<string> => new Set(words.split(/\s+/).filter((word) => word !== ''))

/** Acted on elsewhere: while the config is read, or in `build.ts`. */
export const structural = set(`
  listen virtualhost location locationmatch directory directorymatch files filesmatch if elseif else proxy proxymatch loadmodule serverroot servertokens
  define undefine include includeoptional ifmodule ifdefine ifversion iffile ifdirective ifsection macro use error undefmacro`)

/** Say nothing about which answer a client gets: processes, logs, pid files, tuning, caches of TLS sessions. */
const harmless = set(`
  user group pidfile scoreboardfile coredumpdirectory mutex defaultruntimedir serverlimit startservers minspareservers
  maxspareservers minsparethreads maxsparethreads threadlimit threadsperchild maxrequestworkers maxclients
  maxconnectionsperchild maxrequestsperchild asyncrequestworkerfactor threadstacksize listenbacklog listencoresbucketsratio
  sendbuffersize receivebuffersize maxmemfree gracefulshutdowntimeout acceptfilter acceptmutex enablesendfile enablemmap
  enableexceptionhook hostnamelookups loglevel errorlog errorlogformat customlog logformat transferlog globallog
  bufferedlogs logiotrackttfb cookielog forensiclog extendedstatus seerequesttail proxystatus serveradmin contentdigest
  chrootdir suexec suexecusergroup socketaction rlimitcpu rlimitmem rlimitnproc mmapfile cachefile
  readbuffersize flushmaxpipelined flushmaxthreshold unlistedflag regexdefaultoptions usehostname
  proxyiobuffersize proxyreceivebuffersize proxysourceaddress proxyfcgibackendtype proxyhctemplate proxyhctpsize
  sslrandomseed sslsessioncache sslsessioncachetimeout sslsessiontickets sslsessionticketkeyfile sslhonorcipherorder
  sslcompression sslinsecurerenegotiation sslpassphrasedialog sslcryptodevice ssloptions sslusestapling
  sslstaplingcache sslstaplingrespondertimeout sslstaplingreturnrespondererrors sslstaplingfaketrylater
  sslstaplingstandardcachetimeout sslstaplingerrorcachetimeout sslstaplingresponsetimeskew sslstaplingresponsemaxage
  sslstaplingforceurl sslocspenable sslopensslconfcmd sslrenegbuffersize sslsrpunknownuserseed sslfips
  sslproxycarevocationcheck sslcarevocationcheck
  adddescription addicon addiconbyencoding addiconbytype addalt addaltbyencoding addaltbytype defaulticon headername readmename
  indexignore indexignorereset indexoptions indexorderdefault indexstylesheet indexheadinsert
  browserlang setiodebug dumpioinput dumpiooutput watchdoginterval heartbeataddress heartbeatlisten
  h2direct h2push h2upgrade h2maxsessionstreams h2modernTLSonly h2minworkers h2maxworkers
  modmimeusepathinfo mimemagicfile passenv useutf8 nowildcard namevirtualhost accessfilename
  cgidscripttimeout scriptsock scriptlog scriptloglength scriptlogbuffer
  adddefaultcharsetname languagepriority forcelanguagepriority addlanguage defaultlanguage addcharset`)

/** Change which answer a client gets, or whether it gets one. */
const routing = set(`
  rewriterule rewritecond rewritemap rewriteengine rewritebase rewriteoptions limit limitexcept
  balancermember balancergrowth balancerinherit proxyset proxyremote proxyremotematch noproxy proxyblock proxydomain
  proxyexpressenable allowconnect proxyfcgisetenvif
  authtype authname authuserfile authgroupfile authbasicprovider authdigestprovider authformprovider authzprovideralias
  authnprovideralias authldapurl authmerging authzsendforbiddenonfailure satisfy
  scriptalias scriptaliasmatch action script setinputfilter sethandler addhandler virtualdocumentroot virtualdocumentrootip
  virtualscriptalias virtualscriptaliasip serverpath userdir dav checkspelling cacheenable cachedisable
  setenvifexpr remoteipheader remoteipproxyprotocol sslrequire sslrequiressl h2websockets mdomain mdomainset
  substitute proxyhtmlenable proxyhtmlurlmap setoutputfilter addoutputfilter addoutputfilterbytype
  redirectrelative aliaspreservepath qualifyredirecturl qosmaxrequests secruleengine asis`)

/** Harmless or not by what they say, and by what else there is. */
export function coverageOf(directive: Directive, tree: Tree): Coverage {
  const { key, args } = directive
  const word = (args[0] ?? '').toLowerCase()
  switch (key) {
    case 'rewriteengine':
      return word === 'on' ? 'routing' : 'harmless'
    case 'rewriterule':
    case 'rewritecond':
    case 'rewritemap':
    case 'rewritebase':
    case 'rewriteoptions':
      return rewrites(tree) ? 'routing' : 'harmless'
    case 'authtype':
      return word === 'none' ? 'harmless' : 'routing'
    case 'sethandler':
      return word === 'none' ? 'harmless' : ownPages.has(word) ? 'unsupported' : 'routing'
    case 'addhandler':
      // negotiated variants: of files that hardly anybody has
      return word === 'type-map' ? 'unsupported' : 'routing'
    case 'userdir':
    case 'dav':
    case 'checkspelling':
      return word === 'off' || word.startsWith('disabled') ? 'harmless' : 'routing'
    case 'addoutputfilterbytype':
    case 'setoutputfilter':
    case 'addoutputfilter':
      return 'unsupported'
    default:
      return routing.has(key) ? 'routing' : harmless.has(key) ? 'harmless' : 'unsupported'
  }
}

/** Pages that httpd makes about itself. */
const ownPages = set('server-status server-info balancer-manager ldap-status default-handler')

function rewrites(tree: Tree): boolean {
  return tree.byId.some((each) => each.key === 'rewriteengine' && each.args[0]?.toLowerCase() === 'on')
}
