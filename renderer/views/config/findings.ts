import type { Finding } from '../../../shared/trace.js'
import { noEffect } from '../../../shared/trace.js'

const ranks = { error: 0, warning: 1, info: 2 } as const
export type Severity = Finding['severity']

/** Those of one file, in the order of its lines. */
export function findingsOf(findings: readonly Finding[], file: string): Finding[] {
  return findings.filter(({ span }) => span?.file === file).sort(byPlace)
}

/** What there is to do first: by severity, then by place; those that change routing before others of their kind. */
export function bySeverity(findings: readonly Finding[]): Finding[] {
  return [...findings].sort((a, b) => rank(a) - rank(b) || (a.span?.file ?? '').localeCompare(b.span?.file ?? '') || byPlace(a, b))
}

/** Findings that say something of their own, and those that all say the same: nothing on the wire depends on the line. */
export function withoutEffect(findings: readonly Finding[]): { readonly shown: readonly Finding[]; readonly idle: readonly Finding[] } {
  return { shown: findings.filter(({ code }) => code !== noEffect), idle: findings.filter(({ code }) => code === noEffect) }
}

export function countBySeverity(findings: readonly Finding[]): Readonly<Record<Severity, number>> {
  const counts = { error: 0, warning: 0, info: 0 }
  for (const { severity } of findings) counts[severity]++
  return counts
}

/** The gravest of a line. */
export function gravest(findings: readonly Finding[]): Finding | null {
  return findings.reduce<Finding | null>((worst, finding) => (worst === null || rank(finding) < rank(worst) ? finding : worst), null)
}

export function isSame(a: Finding | null, b: Finding | null): boolean {
  if (a === null || b === null) return a === b
  return (
    a.code === b.code &&
    a.message === b.message &&
    a.span?.file === b.span?.file &&
    a.span?.line === b.span?.line &&
    a.span?.column === b.span?.column
  )
}

/**
 * The finding to go to from a place, over all files in their order and round its end: F8 and Shift+F8.
 *
 * @param files the order of the tabs
 */
export function neighbour(
  findings: readonly Finding[],
  files: readonly string[],
  from: { readonly file: string; readonly line: number },
  step: 1 | -1
): Finding | null {
  const order = (file: string): number => (files.includes(file) ? files.indexOf(file) : files.length)
  const placed = findings
    .filter(({ code, span }) => span !== null && code !== noEffect)
    .sort((a, b) => order(a.span?.file ?? '') - order(b.span?.file ?? '') || byPlace(a, b))
  const side = (finding: Finding): number => order(finding.span?.file ?? '') - order(from.file) || (finding.span?.line ?? 0) - from.line
  const found = step === 1 ? placed.find((finding) => side(finding) > 0) : placed.findLast((finding) => side(finding) < 0)
  return found ?? (step === 1 ? placed[0] : placed.at(-1)) ?? null
}

/** Errors that stop a config from being served, whatever is left out. */
export function blocking(findings: readonly Finding[]): Finding[] {
  return findings.filter(({ severity, routing }) => severity === 'error' && !routing)
}

function rank({ severity, routing }: Finding): number {
  return ranks[severity] * 2 + (routing ? 0 : 1)
}
function byPlace(a: Finding, b: Finding): number {
  return (a.span?.line ?? 0) - (b.span?.line ?? 0) || (a.span?.column ?? 0) - (b.span?.column ?? 0)
}
