/** What the file system says no with, in words that go behind "… cannot be written:". */
const words: Readonly<Record<string, string>> = {
  ENOENT: 'there is no such folder or file',
  ENOTDIR: 'a part of its path is no folder',
  EISDIR: 'it is a folder',
  EACCES: 'this user may not do that',
  EPERM: 'this user may not do that',
  EROFS: 'its file system can only be read',
  ENOSPC: 'its disk is full',
  EDQUOT: 'this user may store no more on its disk',
  EMFILE: 'too many files are open',
  ENAMETOOLONG: 'its name is too long',
  ELOOP: 'its links lead in a circle'
}

/** Why the system did not do it, without names of system calls; what is not known is said as the system says it. */
export function whySystemRefused(thrown: unknown): string {
  const { code, message } = thrown as NodeJS.ErrnoException
  return words[code ?? ''] ?? message ?? String(thrown)
}
