/** Variables, functions and operators that ap_expr knows (util_expr_eval.c), lower case where case does not count. */
const variables = new Set(
  `https ipv6 conn_log_id conn_remote_addr http2
  request_method request_scheme request_uri request_filename remote_host remote_ident remote_user server_admin server_name
  server_port server_protocol script_filename path_info query_string is_subreq document_root auth_type the_request
  content_type handler request_log_id script_user script_group document_uri last_modified context_prefix
  context_document_root request_status remote_addr remote_port
  http_user_agent http_proxy_connection http_referer http_cookie http_forwarded http_host http_accept
  time_year time_mon time_day time_hour time_min time_sec time_wday time server_software api_version`.split(/\s+/)
)
const functions = new Set(
  'osenv env resp req http note reqenv req_novary tolower toupper escape unescape file filesize base64 unbase64 sha1 md5 ldap'.split(' ')
)
const unary = new Set('n z R T d e f s L h x F U A'.split(' '))
const binary = new Set('ipmatch fnmatch strmatch strcmatch'.split(' '))

const missing = (what: string, name: string) => `${what} '${name}' does not exist`

/** What httpd says of a name that it does not know; null for one that it does. mod_ssl's own count as known. */
export const unknownName = {
  variable: (name: string) => (variables.has(name.toLowerCase()) || name.startsWith('SSL_') ? null : missing('Variable', name)),
  function: (name: string) => (functions.has(name.toLowerCase()) || name === 'SSL' ? null : missing('Function', name)),
  list: (name: string) => (name === 'PeerExtList' ? null : missing('List-returning function', name)),
  unary: (name: string) => (unary.has(name) ? null : missing('Unary operator', `-${name}`)),
  binary: (name: string) => (binary.has(name.toLowerCase()) ? null : missing('Binary operator', `-${name}`))
} as const
