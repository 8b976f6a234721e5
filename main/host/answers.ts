import type { Params, Replies, RequestName } from '../../shared/contract.js'
import { captureAnswers } from './capture-answers.js'
import { configAnswers } from './config-answers.js'
import type { Answer } from './control/screen-session.js'
import type { Host } from './host.js'
import { machineAnswers } from './machine-answers.js'

/** How requests of the contract are answered: one function each. */
export type Answers<Name extends RequestName = RequestName> = {
  readonly [Each in Name]: (params: Params<Each>, signal: AbortSignal) => Promise<Replies[Each]> | Replies[Each]
}

/** How each request of the contract is answered. A request without an answer here does not compile. */
export function answers(host: Host): Answer {
  const table: Answers = { ...configAnswers(host), ...machineAnswers(host), ...captureAnswers(host) }
  return (name, params, signal) => Promise.resolve().then(() => table[name](params, signal))
}
