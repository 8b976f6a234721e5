/** The data folder by a capture in it; null for a file that was asked for elsewhere. */
export function dataFolderOf(captureFile: string): string | null {
  return /^(.+)[/\\]captures[/\\][^/\\]+$/.exec(captureFile)?.[1] ?? null
}
