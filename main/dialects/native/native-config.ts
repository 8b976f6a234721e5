/** What stands in a `switchyard.json`. `shared/native.schema.json` says the same, with what each key means and its default. */
export interface NativeConfig {
  readonly listen?: readonly NativeListen[]
  readonly certificates?: readonly NativeCertificate[]
  readonly routes: readonly NativeRoute[]
}

export interface NativeListen {
  readonly address?: string
  readonly port: number
  readonly tls?: boolean
}

export interface NativeCertificate {
  readonly names: readonly string[]
  readonly certFile: string
  readonly keyFile: string
  readonly chainFile?: string
}

/** Exactly one of `to`, `files`, `redirect` and `respond`. */
export interface NativeRoute {
  readonly match: string
  readonly host?: string
  readonly to?: string
  readonly preserveHost?: boolean
  readonly stripPrefix?: boolean
  readonly requestHeaders?: NativeFieldEdits
  readonly responseHeaders?: NativeFieldEdits
  readonly timeouts?: NativeTimeouts
  readonly upgrade?: UpgradePolicy
  readonly verify?: NativeVerify
  readonly files?: string
  readonly redirect?: { readonly status?: RedirectStatus; readonly to: string }
  readonly respond?: { readonly status: number; readonly headers?: Readonly<Record<string, string>>; readonly body?: string }
}

export interface NativeFieldEdits {
  readonly set?: Readonly<Record<string, string>>
  readonly add?: Readonly<Record<string, string>>
  readonly remove?: readonly string[]
}

/** Milliseconds; 0: never. */
export interface NativeTimeouts {
  readonly connectMs?: number
  readonly answerMs?: number
  readonly idleMs?: number
}

export interface NativeVerify {
  readonly chain?: boolean
  readonly name?: boolean
  readonly expiry?: boolean
  readonly caFile?: string
  readonly serverName?: string
}

export type UpgradePolicy = 'websocket' | 'any' | 'none'
export const redirectStatuses = [301, 302, 303, 307, 308] as const
export type RedirectStatus = (typeof redirectStatuses)[number]

export const defaults = {
  address: '127.0.0.1',
  port: 8080,
  connectMs: 5000,
  answerMs: 60_000,
  idleMs: 0,
  upgrade: 'websocket',
  redirectStatus: 302
} as const
