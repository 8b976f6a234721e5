export type Shell = 'sh' | 'fish' | 'powershell'

/** One word of a shell, quoted where it has to be. */
export function quoted(word: string, shell: Shell = 'sh'): string {
  if (/^[\w@%+=:,./-]+$/.test(word)) return word
  if (shell === 'powershell') return `'${word.replaceAll("'", "''")}'`
  return shell === 'fish' ? `'${word.replace(/[\\']/g, '\\$&')}'` : `'${word.replaceAll("'", `'\\''`)}'`
}

/** A line that runs a program; PowerShell takes one that is quoted for a text, unless it is called by `&`. */
export function shellLine(words: readonly string[], shell: Shell = 'sh'): string {
  const line = words.map((word) => quoted(word, shell)).join(' ')
  return shell === 'powershell' && line.startsWith("'") ? `& ${line}` : line
}
