import { defaultKeymap, history, historyKeymap, indentWithTab } from '@codemirror/commands'
import { indentUnit } from '@codemirror/language'
import { highlightSelectionMatches, openSearchPanel, search, searchKeymap } from '@codemirror/search'
import { Annotation, EditorState } from '@codemirror/state'
import type { Extension } from '@codemirror/state'
import {
  EditorView,
  drawSelection,
  dropCursor,
  highlightActiveLine,
  highlightActiveLineGutter,
  highlightSpecialChars,
  keymap,
  lineNumbers
} from '@codemirror/view'
import type { Finding } from '../../../shared/trace.js'
import { editorTheme } from './editor-theme.js'
import { findingMarks, placeOf, setFindings } from './finding-marks.js'
import { fixPeek, setPeek } from './fix-peek.js'
import { languageOf } from './language-of.js'

/** Not typed by the user: nothing to send back. */
const given = Annotation.define<boolean>()

export interface EditorParts {
  readonly parent: HTMLElement
  readonly onedit: (file: string, text: string) => void
  readonly online: (line: number) => void
  readonly onchosen: (finding: Finding) => void
  readonly onnext: (step: 1 | -1) => void
  readonly onclosepeek: () => void
}

/** CodeMirror with the texts of a config: each file keeps its undo, selection and place while another is looked at. */
export class TextEditor {
  readonly #view: EditorView
  readonly #parts: EditorParts
  readonly #kept = new Map<string, { readonly state: EditorState; readonly top: number }>()
  #file = ''

  constructor(parts: EditorParts) {
    this.#parts = parts
    this.#view = new EditorView({ parent: parts.parent, state: EditorState.create({ extensions: this.#extensions('', true) }) })
  }

  get text(): string {
    return this.#view.state.doc.toString()
  }
  get lines(): number {
    return this.#view.state.doc.lines
  }
  get line(): number {
    const { doc, selection } = this.#view.state
    return doc.lineAt(selection.main.head).number
  }

  /** Shows a file, as it was left where its text is still the same. */
  show(file: string, text: string, readOnly: boolean): void {
    if (this.#file !== '') this.#kept.set(this.#file, { state: this.#view.state, top: this.#view.scrollDOM.scrollTop })
    const kept = this.#kept.get(file)
    this.#file = file
    const same = kept !== undefined && kept.state.readOnly === readOnly && kept.state.doc.toString() === text
    this.#view.setState(same ? kept.state : EditorState.create({ doc: text, extensions: this.#extensions(file, readOnly) }))
    this.#view.scrollDOM.scrollTop = same ? kept.top : 0
    this.#parts.online(this.line)
  }
  /** The text of the shown file is another now, elsewhere; undo brings the old one back. */
  replace(text: string): void {
    const before = this.text
    if (text === before) return
    const { from, to, insert } = difference(before, text)
    this.#view.dispatch({ changes: { from, to, insert }, annotations: given.of(true) })
  }
  /** Texts of a config that is not open any more. */
  forget(): void {
    this.#kept.clear()
    this.#file = ''
  }

  tell(findings: readonly Finding[]): void {
    this.#view.dispatch({ effects: setFindings.of(findings) })
  }
  peek(finding: Finding | null): void {
    this.#view.dispatch({ effects: setPeek.of(finding) })
  }
  /** Puts the cursor there, in the middle of what is seen. */
  goTo(line: number, column = 1, focus = true): void {
    const at = placeOf(this.#view.state.doc, line, column)
    this.#view.dispatch({ selection: { anchor: at }, effects: EditorView.scrollIntoView(at, { y: 'center' }) })
    if (focus) this.#view.focus()
  }
  /** Opens its search, with the focus in the field. */
  find(): void {
    openSearchPanel(this.#view)
  }
  /** Whether the keys go into it. */
  get focused(): boolean {
    return this.#view.hasFocus
  }
  close(): void {
    this.#view.destroy()
  }

  #extensions(file: string, readOnly: boolean): Extension {
    const { onedit, online, onchosen, onnext, onclosepeek } = this.#parts
    return [
      EditorView.cspNonce.of(pageNonce()),
      findingMarks(onchosen),
      lineNumbers(),
      highlightActiveLineGutter(),
      highlightActiveLine(),
      highlightSpecialChars(),
      history(),
      drawSelection(),
      dropCursor(),
      search({ top: true }),
      highlightSelectionMatches(),
      indentUnit.of('    '),
      keymap.of([{ key: 'Escape', run: () => (onclosepeek(), false) }, ...searchKeymap, ...defaultKeymap, ...historyKeymap, indentWithTab]),
      fixPeek({ next: onnext, close: onclosepeek }),
      languageOf(file),
      EditorState.readOnly.of(readOnly),
      EditorView.contentAttributes.of({
        'aria-label': file === '' ? 'Config' : `Text of ${file}`,
        // CodeMirror lets the next Tab go on for two seconds after Esc.
        'aria-description': 'Tab indents. Esc, then Tab, leads out.',
        spellcheck: 'false'
      }),
      EditorView.domEventHandlers({ beforeinput: typedOver }),
      EditorView.updateListener.of((update) => {
        if (update.docChanged && !update.transactions.every((each) => each.annotation(given))) onedit(file, update.state.doc.toString())
        if (update.docChanged || update.selectionSet) online(update.state.doc.lineAt(update.state.selection.main.head).number)
      }),
      editorTheme
    ]
  }
}

/** What is typed over a selection Chromium would put in with the look of what stood there, as an inline style, which the policy refuses. */
function typedOver(event: InputEvent, view: EditorView): boolean {
  const { state, composing } = view
  if (event.inputType !== 'insertText' || event.data === null || composing || state.readOnly || state.selection.main.empty) return false
  view.dispatch({ ...state.replaceSelection(event.data), userEvent: 'input.type', scrollIntoView: true })
  event.preventDefault()
  return true
}

/** The policy lets no other styles in. */
function pageNonce(): string {
  return document.querySelector<HTMLMetaElement>('meta[property="csp-nonce"]')?.nonce ?? ''
}

/** What is not the same between two texts: the cursor stays where it is when the rest changes. */
export function difference(before: string, after: string): { readonly from: number; readonly to: number; readonly insert: string } {
  const most = Math.min(before.length, after.length)
  let from = 0
  while (from < most && before[from] === after[from]) from++
  let end = 0
  while (end < most - from && before[before.length - 1 - end] === after[after.length - 1 - end]) end++
  return { from, to: before.length - end, insert: after.slice(from, after.length - end) }
}
