const says: Readonly<Record<string, string>> = {
  refused: 'Nothing listens at',
  unreachable: 'No way to',
  connectTimedOut: 'No connection in time to',
  headTimedOut: 'No answer in time from',
  readTimedOut: 'The answer stalled at',
  sendTimedOut: 'It takes nothing of the request:',
  bodyTimedOut: 'The client sent nothing of its body',
  bodyMalformed: 'The client’s body is broken',
  bodyCutShort: 'The client left in the middle of its body',
  closedEarly: 'Closed before an answer by',
  notHttp: 'The answer is not HTTP, from',
  headTooLong: 'The head of the answer is too long, from',
  dns: 'The name of the backend is not known',
  tls: 'TLS failed with',
  badTarget: 'Nothing to connect to'
}
const withoutAddress: readonly string[] = ['bodyTimedOut', 'bodyMalformed', 'bodyCutShort', 'dns', 'badTarget']

/** Why an exchange failed at its origin, in a few words: `Nothing listens at 127.0.0.1:9`. */
export function failureSays({ cause, address }: { readonly cause: string; readonly address: string }): string {
  const words = says[cause] ?? cause
  return withoutAddress.includes(cause) || address === '' ? words.replace(/:$/, '') : `${words} ${address}`
}
