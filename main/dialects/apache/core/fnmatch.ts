/** A shell pattern as apr_fnmatch has it; `slashes`: `*` and `?` stop at `/`. */
export function fnmatch(pattern: string, slashes: boolean): RegExp | null {
  const any = slashes ? '[^/]' : '[^]'
  const source = pattern.replace(
    /\\(.)|\*|\?|\[(!|\^)?([^\]]*)\]|[.+^${}()|/\\]/g,
    (whole, literal: string | undefined, not: string | undefined, set: string | undefined) => {
      if (literal !== undefined) return `\\${literal}`
      if (whole === '*') return `${any}*`
      if (whole === '?') return any
      if (set !== undefined) return `[${not === undefined ? '' : '^'}${set}]`
      return `\\${whole}`
    }
  )
  try {
    return new RegExp(`^${source}`)
  } catch {
    return null
  }
}
