/** What `${NAME}` stands for: a variable that `Define` gave a value, else one of the environment, else undefined. */
export type Lookup = (name: string) => string | undefined

/**
 * Fills in each `${NAME}` once, as ap_resolve_env does: what is filled in is not looked at again, and a name that nothing
 * defines stays as written (`undefinedName` is told, unless the name has a colon: mod_rewrite's `${map:key}`).
 */
export function fillVariables(text: string, lookup: Lookup, undefinedName: (name: string) => void = () => {}): string {
  if (!text.includes('${')) return text
  return text.replace(/\$\{([^}]*)\}/g, (written, name: string) => {
    const value = lookup(name)
    if (value === undefined && !name.includes(':')) undefinedName(name)
    return value ?? written
  })
}
