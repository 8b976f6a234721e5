/** Names of files that tell them apart: as many folders as it takes, `common.conf`, `a/site.conf`, `b/site.conf`. */
export function shortNames(paths: readonly string[]): string[] {
  const parts = paths.map((path) => path.split(/[/\\]/))
  return parts.map((own, at) => {
    for (let length = 1; length < own.length; length++) {
      const name = own.slice(-length).join('/')
      const alone = parts.every((other, index) => index === at || other.slice(-length).join('/') !== name)
      if (alone) return name
    }
    return paths[at] as string
  })
}
