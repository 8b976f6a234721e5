/** Every error that a person may meet, by stable code. The value is the exit code of the command line (sysexits where one fits). */
export const errorCodes = {
  'bad-argument': 64,
  'config-unreadable': 2,
  'config-refused': 1,
  'config-unsupported': 1,
  'config-changed': 1,
  'file-unreadable': 1,
  'file-unwritable': 1,
  'file-exists': 1,
  'settings-unwritable': 1,
  'port-in-use': 1,
  'port-denied': 1,
  'address-unknown': 1,
  'key-unreadable': 1,
  'certificate-broken': 1,
  'authority-broken': 1,
  'trust-store-failed': 1,
  'capture-unwritable': 1,
  'capture-locked': 1,
  'capture-unknown': 1,
  'view-unknown': 1,
  'filter-invalid': 1,
  'request-invalid': 1,
  'request-cancelled': 1,
  'not-allowed': 1,
  'version-mismatch': 1,
  'connect-failed': 1,
  'thread-failed': 70,
  internal: 70
} as const
export type ErrorCode = keyof typeof errorCodes

/** The one error of Switchyard. `message` says what failed and on what; `hint`, what to do. */
export class SwitchyardError extends Error {
  override readonly name = 'SwitchyardError'
  readonly code: ErrorCode
  readonly hint: string | undefined
  constructor(code: ErrorCode, message: string, options: { hint?: string; cause?: unknown } = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause })
    this.code = code
    this.hint = options.hint
  }
  /** As it crosses a boundary: a cloned Error would lose its code. */
  toPlain(): PlainError {
    return { code: this.code, message: this.message, ...(this.hint === undefined ? {} : { hint: this.hint }) }
  }
}
export interface PlainError {
  readonly code: ErrorCode
  readonly message: string
  readonly hint?: string
}

/** Whatever was thrown, as an error with a code. */
export function asSwitchyardError(thrown: unknown): SwitchyardError {
  if (thrown instanceof SwitchyardError) return thrown
  const message = thrown instanceof Error ? thrown.message : String(thrown)
  return new SwitchyardError('internal', message, { cause: thrown })
}
