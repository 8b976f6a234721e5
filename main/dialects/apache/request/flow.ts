import type { LogEntry, Outcome, Step } from '../../../../shared/steps.js'
import type { Request } from './request.js'

/** What a handler has besides its request: a way to wait for an outcome, and the log. */
export interface Flow {
  /** Gives `step` to the engine, and what comes of it to `then`. */
  wait(step: Step, then: (outcome: Outcome) => Step): Step
  /** A line as httpd's error log has it: `module` is the word in brackets, `code` its AH number. */
  log(level: LogEntry['level'], module: string, code: string, message: string, system?: string): void
  /** A line of our own, where httpd itself says nothing and somebody wants to know why. */
  explain(code: string, message: string): void
  /** Answers with an error (ap_die): its ErrorDocument, or httpd's own page. */
  die(r: Request, status: number): Step
  /** Begins anew with another path of this server (ap_internal_redirect). */
  redirect(r: Request, path: string): Step
}
