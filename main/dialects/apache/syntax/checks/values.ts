import type { Check } from '../walking/call.js'
import { allWords } from '../words.js'
import { missingPath } from './files.js'
import { atoi, duration } from './numbers.js'

/** A number between two bounds, as atoi reads it. */
function between(least: number, most: number, says: string): Check {
  return ({ name, words: [word = ''] }) => (atoi(word) < least || atoi(word) > most ? says.replace('%s', name) : null)
}
/** Digits and nothing else, no more than `most`. */
function digits(least: number, most: number, says: (word: string) => string): Check {
  return ({ words: [word = ''] }) => (/^[\t-\r ]*[+-]?\d+$/.test(word) && Number(word) >= least && Number(word) <= most ? null : says(word))
}
/** A word that a pattern takes; `%s` stands for the directive, `%w` for the word. */
function like(pattern: RegExp, says: string): Check {
  return ({ name, words: [word = ''] }) => (pattern.test(word) ? null : says.replace('%s', name).replace('%w', word))
}
/** Every word of a raw line. */
function wordsLike(pattern: RegExp, says: string): Check {
  return ({ name, text }) => {
    const wrong = allWords(text).find((word) => !pattern.test(word))
    return wrong === undefined ? null : says.replace('%s', name).replace('%w', wrong)
  }
}
const lasts =
  (says: string): Check =>
  ({ words: [word = ''] }) =>
    duration(word, 's') === null ? says : null
const refused =
  (says: string): Check =>
  () =>
    says
const folder =
  (says: string): Check =>
  (call) => {
    const path = call.reading.path(call.words[0] ?? '')
    return call.reading.host.stat(path) === 'directory' ? null : missingPath(call, says.replace('%p', path))
  }
const file =
  (says: string): Check =>
  (call) => {
    const path = call.reading.path(call.words[0] ?? '')
    return call.reading.host.stat(path) === 'missing' ? missingPath(call, says.replace('%s', call.name).replace('%p', path)) : null
  }

const h2Flag = like(/^(on|off)$/i, 'value must be On or Off')
const h2Positive = between(1, Infinity, 'value must be > 0')
const ranges = (name: string) => `${name} requires 'none', 'default', 'unlimited' or a positive integer`
const range =
  (name: string): Check =>
  ({ words: [word = ''] }) =>
    /^(none|default|unlimited)$/i.test(word) || atoi(word) > 0 ? null : ranges(name)
const positive = (name: string) => [name.toLowerCase(), between(1, Infinity, '%s must be > 0')] as const

/** Directives that take one value of a plain kind. */
export const values: readonly (readonly [string, Check])[] = [
  ['h2push', h2Flag],
  ['h2upgrade', h2Flag],
  ['h2direct', h2Flag],
  ['h2copyfiles', h2Flag],
  ['h2earlyhints', h2Flag],
  ['h2moderntlsonly', h2Flag],
  ['h2outputbuffering', h2Flag],
  ['h2proxyrequests', h2Flag],
  ['h2websockets', h2Flag],
  ['h2maxsessionstreams', h2Positive],
  ['h2minworkers', h2Positive],
  ['h2maxworkers', h2Positive],
  ['h2windowsize', between(1024, Infinity, 'value must be >= 1024')],
  ['h2streammaxmemsize', between(1024, Infinity, 'value must be >= 1024')],
  ['h2maxworkeridleseconds', lasts('Invalid idle limit value')],
  ['h2streamtimeout', lasts('Invalid timeout value')],
  positive('ListenBacklog'),
  positive('ListenCoresBucketsRatio'),
  [
    'receivebuffersize',
    ({ words: [word = ''] }) =>
      atoi(word) < 512 && atoi(word) !== 0 ? 'ReceiveBufferSize must be >= 512 bytes, or 0 for system default.' : null
  ],
  ['maxrangeoverlaps', range('MaxRangeOverlaps')],
  ['maxrangereversals', range('MaxRangeReversals')],
  ['maxranges', range('MaxRanges')],
  ['flushmaxpipelined', digits(-1, 2147483647, (word) => `parameter must be a number between -1 and (2147483647): ${word}`)],
  ['flushmaxthreshold', digits(0, 4294967295, (word) => `parameter must be a number between 0 and (4294967295U)): ${word}`)],
  ['readbuffersize', digits(0, 4294967295, (word) => `parameter must be a number between 0 and (4294967295U)): ${word}`)],
  ['deflatebuffersize', between(1, Infinity, 'DeflateBufferSize should be positive')],
  ['deflatecompressionlevel', between(1, 9, 'Compression Level must be between 1 and 9')],
  ['deflatememlevel', between(1, 9, 'DeflateMemLevel must be between 1 and 9')],
  ['deflatewindowsize', between(1, 15, 'DeflateWindowSize must be between 1 and 15')],
  ['deflateinflateratiolimit', between(1, Infinity, 'DeflateInflateRatioLimit must be positive')],
  ['deflateinflateratioburst', between(1, Infinity, 'DeflateInflateRatioBurst must be positive')],
  ['deflateinflatelimitrequestbody', digits(0, Infinity, () => 'DeflateInflateLimitRequestBody requires a non-negative integer.')],
  ['deflatealteretag', like(/^(nochange|addsuffix|remove)$/i, "DeflateAlterETAG accepts only 'NoChange', 'AddSuffix', and 'Remove'")],
  [
    'substitutemaxlinelength',
    like(/^\d+[bkmg]?$/i, "SubstituteMaxLineLength must be a non-negative integer optionally suffixed with 'b', 'k', 'm' or 'g'.")
  ],
  ['authmerging', like(/^(off|and|or)$/i, 'AuthMerging must be one of: Off | And | Or')],
  ['authbasicusedigestalgorithm', like(/^(off|md5)$/i, 'Invalid algorithm in AuthBasicUseDigestAlgorithm: %w')],
  ['regexdefaultoptions', wordsLike(/^(none|[+-]?(icase|dotall|dollar_endonly))$/i, "%s: option '%w' unknown")],
  ['multiviewsmatch', like(/^(any|negotiatedonly|filters|handlers)$/i, "Unrecognized option '%w'")],
  ['sslvhostsnipolicy', like(/^(strict|secure|authonly|insecure)$/i, "Invalid SSLVhostSNIPolicy argument '%w'")],
  ['limitxmlrequestbody', between(0, Infinity, '%s requires a non-negative integer.')],
  ['satisfy', like(/^(all|any)$/i, "Satisfy either 'any' or 'all'.")],
  ['cgivar', like(/^REQUEST_URI$/i, 'Unrecognized CGI variable: "%w"')],
  ['protocolshonororder', like(/^(on|off)$/i, "ProtocolsHonorOrder must be 'on' or 'off'")],
  [
    'expiresbytype',
    ({ words: [type = '', code = ''] }) =>
      type.includes('/') ? expiresError(code, `ExpiresByType ${type} ${code}`) : 'Invalid mimetype: should contain a slash'
  ],
  ['expiresdefault', ({ words: [code = ''] }) => expiresError(code, `ExpiresDefault ${code}`)],
  ['fileetag', wordsLike(/^[+-]?(none|all|size|lmtime|mtime|lastmodified|inode|digest)$/i, "Unknown keyword '%w' for FileETag directive")],
  ['forcelanguagepriority', like(/^(none|prefer|fallback)$/i, 'Invalid ForceLanguagePriority option %w')],
  ['directoryindexredirect', directoryIndexRedirect],
  ['port', refused('Port was replaced with Listen in Apache 2.0')],
  ['fancyindexing', refused('The FancyIndexing directive is no longer supported. Use IndexOptions FancyIndexing.')],
  ['ssllog', refused('SSLLog directive is no longer supported - use ErrorLog.')],
  ['sslloglevel', refused('SSLLogLevel directive is no longer supported - use LogLevel.')],
  ['chrootdir', folder('ChrootDir must be a valid directory')],
  ['coredumpdirectory', folder('CoreDumpDirectory %p does not exist')],
  ['sslsrpverifierfile', file("%s: file '%p' does not exist or is empty")],
  ['sslocsprespondercertificatefile', file("%s: file '%p' does not exist or is empty")]
]

/** mod_expires: `A3600`, `M60`, or `access plus 1 month …`. */
function expiresError(code: string, line: string): string | null {
  const [base = '', ...rest] = code.split(/\s+/)
  if (!/^(now|access|modification)$/i.test(base))
    return /^[am]/i.test(base) ? null : `'${line}': bad expires code, unrecognised <base> '${base}'`
  const times = rest[0]?.toLowerCase() === 'plus' ? rest.slice(1) : rest
  return times.every((word, i) => (i % 2 === 0 ? /^\d/.test(word) : /^(year|month|week|day|hour|minute|second)s?$/i.test(word)))
    ? null
    : `'${line}': bad expires code`
}

function directoryIndexRedirect({ words: [word = ''] }: Parameters<Check>[0]): string | null {
  if (/^(on|off|permanent|temp|seeother)$/i.test(word)) return null
  if (!/^\d/.test(word)) return 'DirectoryIndexRedirect ON|OFF|permanent|temp|seeother|3xx'
  return atoi(word) >= 300 && atoi(word) < 400 ? null : 'DirectoryIndexRedirect only accepts values between 300 and 399'
}
