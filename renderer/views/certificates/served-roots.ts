import type { AuthorityFacts } from '../../../shared/contract.js'

type Authority = Pick<AuthorityFacts, 'name' | 'names' | 'addresses'>

/**
 * The authorities that a client of what is served has to trust: those that may issue for its names; where none is needed for them, the
 * first, which issues for this machine.
 *
 * @param authorities in the order of the host, the first one (`local`) wherever it stands
 * @param served names of the config
 */
export function servedRoots<Each extends Authority>(authorities: readonly Each[], served: readonly string[]): readonly Each[] {
  const local = authorities.find(({ names }) => names.includes('localhost'))
  const [first, ...others] = [...(local === undefined ? [] : [local]), ...authorities.filter((each) => each !== local)]
  if (first === undefined) return []
  const needed = new Set(served.flatMap((name) => [first, ...others].find((each) => covers(each, name)) ?? []))
  return needed.size === 0 ? [first] : [...needed]
}

function covers({ names, addresses }: Authority, served: string): boolean {
  const name = served.toLowerCase()
  return names.some((each) => name === each || name.endsWith(`.${each}`)) || addresses.includes(name)
}
