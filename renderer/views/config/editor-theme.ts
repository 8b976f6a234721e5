import { HighlightStyle, syntaxHighlighting } from '@codemirror/language'
import type { Extension } from '@codemirror/state'
import { EditorView } from '@codemirror/view'
import { tags } from '@lezer/highlight'

const colours = HighlightStyle.define([
  { tag: tags.propertyName, color: 'var(--code-name)' },
  { tag: tags.string, color: 'var(--code-string)' },
  { tag: tags.number, color: 'var(--code-number)' },
  { tag: [tags.keyword, tags.variableName], color: 'var(--code-keyword)' },
  { tag: tags.escape, color: 'var(--code-number)' },
  { tag: tags.comment, color: 'var(--code-comment)' },
  { tag: tags.invalid, color: 'var(--bad)' }
])

/** The tokens, where CodeMirror has colours of its own. */
const theme = EditorView.theme({
  '&': { height: '100%', backgroundColor: 'var(--panel)', color: 'var(--text)' },
  '&.cm-focused': { outline: 'none' },
  '.cm-scroller': {
    fontFamily: 'var(--font-mono)',
    fontSize: 'var(--size-data)',
    lineHeight: '20px',
    scrollbarWidth: 'thin',
    scrollbarColor: 'var(--line-strong) transparent'
  },
  '.cm-content': { padding: '8px 0 40px', caretColor: 'var(--text)' },
  '.cm-line': { padding: '0 24px 0 8px' },
  '.cm-cursor': { borderLeftColor: 'var(--text)' },
  '.cm-gutters': { backgroundColor: 'var(--panel)', color: 'var(--text-3)', border: 'none' },
  '.cm-lineNumbers .cm-gutterElement': { minWidth: '36px', padding: '0 8px 0 0', fontSize: 'var(--size-label)' },
  '.cm-activeLine': { backgroundColor: 'color-mix(in srgb, var(--hover) 70%, transparent)' },
  '.cm-activeLineGutter': { backgroundColor: 'var(--hover)', color: 'var(--text)' },
  '&.cm-focused > .cm-scroller > .cm-selectionLayer .cm-selectionBackground, .cm-selectionBackground': {
    backgroundColor: 'var(--selected)'
  },
  '.cm-searchMatch': { backgroundColor: 'var(--warn-soft)', outline: '1px solid var(--warn)' },
  '.cm-searchMatch-selected': { backgroundColor: 'var(--accent-soft)', outline: '1px solid var(--accent)' },
  '.cm-selectionMatch': { backgroundColor: 'var(--pressed)' },
  '.cm-panels': { backgroundColor: 'var(--chrome)', color: 'var(--text)' },
  '.cm-panels-top': { borderBottom: '1px solid var(--line)' },
  '.cm-panel.cm-search': { padding: '6px 32px 6px 12px', fontFamily: 'var(--font-ui)', fontSize: 'var(--size-data)' },
  '.cm-panel.cm-search label': { fontSize: 'var(--size-label)', color: 'var(--text-2)' },
  '.cm-panel.cm-search [name=close]': { right: '8px', top: '6px', width: '22px', fontSize: '16px', color: 'var(--text-2)' },
  '.cm-textfield': {
    height: '24px',
    margin: '2px 6px 2px 0',
    border: '1px solid var(--control-edge)',
    borderRadius: 'var(--r2)',
    backgroundColor: 'var(--panel)',
    fontFamily: 'var(--font-mono)',
    fontSize: 'var(--size-mono)'
  },
  '.cm-button': {
    height: '24px',
    border: '1px solid var(--control-edge)',
    borderRadius: 'var(--r2)',
    backgroundColor: 'var(--panel)',
    backgroundImage: 'none',
    fontSize: 'var(--size-label)'
  },
  '.cm-button:hover': { backgroundColor: 'var(--hover)' },
  '.cm-button:active': { backgroundImage: 'none', backgroundColor: 'var(--pressed)' }
})

/** How the editor looks, light and dark. */
export const editorTheme: Extension = [theme, syntaxHighlighting(colours)]
