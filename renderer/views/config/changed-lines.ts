/** How far two texts are apart, line by line: from the first line that differs to the last. `first` counts from 1. */
export function changedLines(before: string, after: string): { readonly count: number; readonly first: number | null } {
  const [old, now] = [before.split('\n'), after.split('\n')]
  const most = Math.min(old.length, now.length)
  let start = 0
  while (start < most && old[start] === now[start]) start++
  let end = 0
  while (end < most - start && old[old.length - 1 - end] === now[now.length - 1 - end]) end++
  const count = now.length - start - end
  return before === after ? { count: 0, first: null } : { count, first: start + 1 }
}
