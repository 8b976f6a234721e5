import type { Finding } from '../../shared/trace.js'

const severities = ['error', 'warning', 'info'] as const

/**
 * A line a finding, as compilers write them (`file:line:column: severity: message [code]`), the worst first, then as they stand in
 * the files. What is found twice in one place is said once, and so is a hint that many share.
 */
export function findingLines(findings: readonly Finding[]): string[] {
  const said = new Set<string>()
  const once = (line: string): string[] => (said.has(line) ? [] : (said.add(line), [line]))
  return inOrder(findings).flatMap((finding) => {
    const line = once(findingLine(finding))
    return line.length === 0 || finding.hint === undefined ? line : [...line, ...once(`    ${finding.hint}`)]
  })
}

function inOrder(findings: readonly Finding[]): Finding[] {
  const files = [...new Set(findings.map(({ span }) => span?.file))]
  // What stands nowhere is about the whole.
  const place = ({ severity, span }: Finding): number[] => [
    severities.indexOf(severity),
    span === null ? -1 : files.indexOf(span.file),
    span?.line ?? 0,
    span?.column ?? 0
  ]
  const keyed = findings.map((finding) => ({ finding, at: place(finding) }))
  return keyed
    .sort((a, b) => a.at.map((part, index) => part - (b.at[index] ?? 0)).find((apart) => apart !== 0) ?? 0)
    .map(({ finding }) => finding)
}

function findingLine(finding: Finding): string {
  const { span, severity, code } = finding
  const at = span === null ? '' : `${span.file}:${span.line}:${span.column}: `
  return `${at}${severity === 'info' ? 'note' : severity}: ${messageOf(finding)} [${code}]`
}

/** Dozens of modules are for who asks for them. */
function messageOf({ code, message }: Finding): string {
  if (code !== 'modules-assumed') return message
  return message.replace(/\(([^()]*)\)$/, (_, names: string) => `(${names.split(', ').length} of them; switchyard check --json lists them)`)
}
