import { RangeSet, StateEffect, StateField } from '@codemirror/state'
import type { EditorState, Extension, Range, Text } from '@codemirror/state'
import { Decoration, EditorView, GutterMarker, WidgetType, gutter } from '@codemirror/view'
import type { DecorationSet } from '@codemirror/view'
import { noEffect } from '../../../shared/trace.js'
import type { Finding } from '../../../shared/trace.js'
import { drawSeverity, severityWords } from './finding-icon.js'
import { gravest } from './findings.js'

/** The findings of the shown file, as the last check told them; they move with the text until the next. */
export const setFindings = StateEffect.define<readonly Finding[]>()

class SeverityMarker extends GutterMarker {
  readonly finding: Finding
  constructor(finding: Finding) {
    super()
    this.finding = finding
  }
  override eq(other: SeverityMarker): boolean {
    return other.finding === this.finding
  }
  override toDOM(): Node {
    const box = document.createElement('span')
    box.className = 'cm-finding-marker'
    box.title = `${severityWords[this.finding.severity]}: ${this.finding.message}`
    box.append(drawSeverity(this.finding.severity))
    return box
  }
}

/** The message, at the end of its line. */
class LineEndWords extends WidgetType {
  readonly finding: Finding
  constructor(finding: Finding) {
    super()
    this.finding = finding
  }
  override eq(other: LineEndWords): boolean {
    return other.finding.message === this.finding.message && other.finding.severity === this.finding.severity
  }
  override toDOM(): HTMLElement {
    const words = document.createElement('span')
    words.className = `cm-line-end ${this.finding.severity}`
    words.textContent = this.finding.routing ? 'not modelled' : this.finding.message
    words.title = this.finding.message
    return words
  }
  override ignoreEvent(): boolean {
    return false
  }
}

interface Marks {
  readonly gutter: RangeSet<GutterMarker>
  readonly lines: DecorationSet
}

const marks = StateField.define<Marks>({
  create: (): Marks => ({ gutter: RangeSet.of<GutterMarker>([]), lines: Decoration.none }),
  update: (before, transaction) => {
    const told = transaction.effects.findLast((effect) => effect.is(setFindings))
    if (told !== undefined) return marksOf(transaction.state.doc, told.value)
    if (!transaction.docChanged) return before
    return { gutter: before.gutter.map(transaction.changes), lines: before.lines.map(transaction.changes) }
  },
  provide: (field) => EditorView.decorations.from(field, ({ lines }) => lines)
})

function marksOf(doc: Text, findings: readonly Finding[]): Marks {
  const byLine = new Map<number, Finding[]>()
  for (const finding of findings) {
    const line = finding.span?.line ?? 0
    if (line >= 1 && line <= doc.lines) byLine.set(line, [...(byLine.get(line) ?? []), finding])
  }
  const worst = [...byLine].map(([line, found]) => ({ at: doc.line(line), finding: gravest(found) as Finding }))
  const gutterMarks: Range<GutterMarker>[] = worst.map(({ at, finding }) => new SeverityMarker(finding).range(at.from))
  const underlines = findings.flatMap((finding) => underline(doc, finding) ?? [])
  const ends = worst.filter(({ finding }) => finding.severity !== 'info').map(({ at, finding }) => lineEnd(finding).range(at.to))
  return { gutter: RangeSet.of<GutterMarker>(gutterMarks, true), lines: Decoration.set([...underlines, ...ends], true) }
}

function lineEnd(finding: Finding): Decoration {
  return Decoration.widget({ widget: new LineEndWords(finding), side: 1 })
}

/** Waves under what the finding is about; a line that has no effect is only quiet. */
function underline(doc: Text, { code, severity, span }: Finding): Range<Decoration> | null {
  if (span === null || span.line > doc.lines) return null
  const from = placeOf(doc, span.line, span.column)
  const to = Math.min(placeOf(doc, Math.min(span.endLine, doc.lines), span.endColumn), doc.line(span.line).to)
  if (to <= from) return null
  return Decoration.mark({ class: code === noEffect ? 'cm-idle' : `cm-finding ${severity}` }).range(from, to)
}

/** A place that counts from 1, inside its line. */
export function placeOf(doc: Text, line: number, column: number): number {
  const { from, to } = doc.line(Math.max(1, Math.min(line, doc.lines)))
  return Math.max(from, Math.min(from + column - 1, to))
}

/** The finding that a gutter icon stands for. */
function markedAt(state: EditorState, position: number): Finding | null {
  let found: Finding | null = null
  state.field(marks).gutter.between(position, position, (_from, _to, marker) => {
    if (marker instanceof SeverityMarker) found = marker.finding
  })
  return found
}

/** Icons before the numbers, waves under the words, the message at the line's end. @param onchosen an icon was clicked */
export function findingMarks(onchosen: (finding: Finding) => void): Extension {
  return [
    marks,
    gutter({
      class: 'cm-finding-gutter',
      markers: (view) => view.state.field(marks).gutter,
      domEventHandlers: {
        mousedown: (view, block) => {
          const finding = markedAt(view.state, block.from)
          if (finding !== null) onchosen(finding)
          return finding !== null
        }
      }
    }),
    look
  ]
}

const wave = (colour: string): Record<string, string> => ({ textDecoration: `underline wavy ${colour} 1px`, textUnderlineOffset: '3px' })
const look = EditorView.theme({
  '.cm-finding-gutter': { width: '24px' },
  '.cm-finding-marker': { display: 'grid', placeItems: 'center', height: '20px', cursor: 'pointer' },
  '.cm-finding-icon': { width: '12px', height: '12px', fill: 'none', stroke: 'currentColor', strokeWidth: '1.35', strokeLinecap: 'round' },
  '.cm-finding-icon.error': { color: 'var(--bad)' },
  '.cm-finding-icon.warning': { color: 'var(--warn)' },
  '.cm-finding-icon.info': { color: 'var(--accent)' },
  '.cm-finding.error': wave('var(--bad)'),
  '.cm-finding.warning': wave('var(--warn)'),
  '.cm-finding.info': { textDecoration: 'underline dotted var(--accent) 1px', textUnderlineOffset: '3px' },
  '.cm-idle, .cm-idle *': { color: 'var(--text-3)' },
  '.cm-line-end': {
    display: 'inline-block',
    maxWidth: '40ch',
    marginLeft: '24px',
    overflow: 'hidden',
    verticalAlign: 'bottom',
    fontFamily: 'var(--font-ui)',
    fontSize: 'var(--size-label)',
    textOverflow: 'ellipsis',
    whiteSpace: 'nowrap'
  },
  '.cm-line-end.error': { color: 'var(--bad)' },
  '.cm-line-end.warning': { color: 'var(--warn)' }
})
