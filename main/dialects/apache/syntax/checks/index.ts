import type { Check } from '../walking/call.js'
import { aliases } from './alias.js'
import { choices } from './choices.js'
import { core } from './core.js'
import { environment } from './environment.js'
import { headers } from './header.js'
import { otherModules } from './other-modules.js'
import { proxy } from './proxy.js'
import { access } from './require.js'
import { rewrite } from './rewrite.js'
import { ssl } from './ssl.js'
import { values } from './values.js'

/** Rules of single directives, by lower-case name: asked once place and number of arguments are right. */
export const checks: ReadonlyMap<string, Check> = new Map([
  ...core,
  ...choices,
  ...values,
  ...proxy,
  ...headers,
  ...rewrite,
  ...aliases,
  ...environment,
  ...access,
  ...ssl,
  ...otherModules
])
