import { StateEffect, StateField } from '@codemirror/state'
import type { Extension, Text } from '@codemirror/state'
import { Decoration, EditorView, WidgetType } from '@codemirror/view'
import type { DecorationSet } from '@codemirror/view'
import type { Finding } from '../../../shared/trace.js'
import { sayKeys } from '../../state/keys.js'
import { drawSeverity, severityWords } from './finding-icon.js'

/** The finding that is looked at, or none. */
export const setPeek = StateEffect.define<Finding | null>()

export interface PeekActions {
  next(step: 1 | -1): void
  close(): void
}

/** What a finding says, under its line, with the way to the next. */
class PeekWidget extends WidgetType {
  readonly finding: Finding
  readonly #actions: PeekActions
  constructor(finding: Finding, actions: PeekActions) {
    super()
    this.finding = finding
    this.#actions = actions
  }
  override eq(other: PeekWidget): boolean {
    return other.finding.message === this.finding.message && other.finding.hint === this.finding.hint
  }
  override toDOM(): HTMLElement {
    const { severity, message, hint } = this.finding
    const box = element('div', `cm-peek ${severity}`)
    box.setAttribute('role', 'note')
    box.setAttribute('aria-label', `${severityWords[severity]}: ${message}`)
    const words = element('div', 'cm-peek-words')
    words.append(element('p', 'cm-peek-message', message))
    if (hint !== undefined) words.append(element('p', 'cm-peek-hint', hint))
    box.append(
      drawSeverity(severity),
      words,
      button('Previous', `Shift+F8`, () => this.#actions.next(-1)),
      button('Next', sayKeys('F8'), () => this.#actions.next(1)),
      button('Close', 'Esc', () => this.#actions.close())
    )
    return box
  }
  override ignoreEvent(): boolean {
    return true
  }
}

function element(name: string, className: string, text = ''): HTMLElement {
  const made = document.createElement(name)
  made.className = className
  made.textContent = text
  return made
}
function button(text: string, title: string, run: () => void): HTMLButtonElement {
  const made = document.createElement('button')
  made.type = 'button'
  made.textContent = text
  made.title = title
  // The text keeps its focus and selection.
  made.addEventListener('mousedown', (event) => event.preventDefault())
  made.addEventListener('click', run)
  return made
}

/** One block under the line of the current finding. */
export function fixPeek(actions: PeekActions): Extension {
  const widgets = StateField.define<DecorationSet>({
    create: () => Decoration.none,
    update: (before, transaction) => {
      const told = transaction.effects.findLast((effect) => effect.is(setPeek))
      if (told !== undefined) return widgetsOf(transaction.state.doc, told.value, actions)
      return transaction.docChanged ? before.map(transaction.changes) : before
    },
    provide: (field) => EditorView.decorations.from(field)
  })
  return [widgets, look]
}

function widgetsOf(doc: Text, finding: Finding | null, actions: PeekActions): DecorationSet {
  const line = finding?.span?.line ?? 0
  if (finding === null || line < 1 || line > doc.lines) return Decoration.none
  const widget = new PeekWidget(finding, actions)
  return Decoration.set(Decoration.widget({ widget, block: true, side: 1 }).range(doc.line(line).to))
}

const look = EditorView.theme({
  // As wide as what is seen, wherever long lines are scrolled to.
  '.cm-peek': {
    position: 'sticky',
    left: '68px',
    boxSizing: 'border-box',
    width: 'calc(100cqw - 84px)',
    display: 'flex',
    alignItems: 'flex-start',
    gap: '8px',
    padding: '7px 12px',
    borderTop: '1px solid var(--line-strong)',
    borderBottom: '1px solid var(--line-strong)',
    backgroundColor: 'var(--chrome)',
    fontFamily: 'var(--font-ui)',
    fontSize: 'var(--size-data)',
    lineHeight: 'var(--line-data)'
  },
  '.cm-peek > svg': { flex: 'none', marginTop: '5px' },
  '.cm-peek-words': { flex: '1', minWidth: '0', paddingTop: '3px', whiteSpace: 'normal', overflowWrap: 'anywhere', userSelect: 'text' },
  '.cm-peek-message': { color: 'var(--text)', fontWeight: 'var(--weight-mid)' },
  '.cm-peek-hint': { color: 'var(--text-2)' },
  '.cm-peek button': {
    flex: 'none',
    height: '22px',
    padding: '0 7px',
    border: '1px solid transparent',
    borderRadius: 'var(--r2)',
    background: 'none',
    color: 'var(--text-2)',
    fontSize: 'var(--size-label)',
    fontWeight: 'var(--weight-mid)'
  },
  '.cm-peek button:hover': { backgroundColor: 'var(--hover)', color: 'var(--text)' }
})
