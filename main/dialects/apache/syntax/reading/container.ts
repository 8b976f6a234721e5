import type { Span } from '../../../../../shared/trace.js'
import type { LogicalLine } from '../lines.js'
import { takeArguments } from '../arguments.js'
import { override } from '../modules.js'
import type { ConfigNode } from '../node.js'
import { nextWord } from '../words.js'
import type { Input } from './input.js'
import { onRead } from './on-read.js'
import { maxDirectives, maxNesting, type ReadResult, type Reading } from './state.js'

/**
 * Reads directives up to the end of the input, or of the conditional section `container` (`IfModule`): ap_build_config and
 * ap_build_cont_config. httpd does not mind a conditional section that the end of its file closes.
 */
export function readContainer(reading: Reading, input: Input, container: string | null): ConfigNode[] {
  const around = reading.nesting++
  const builder = new TreeBuilder(reading, input)
  const closing = container === null ? null : `</${container}>`.toLowerCase()
  for (let line = input.next(); line !== null; line = input.next()) {
    if (builder.atTop && closing !== null && line.text.toLowerCase() === closing) break
    stopIfTooLarge(reading, line)
    if (reading.stopped) break
    builder.take(line)
  }
  if (container === null && !reading.stopped) builder.refuseUnclosed()
  reading.nesting = around
  return builder.nodes
}

function stopIfTooLarge(reading: Reading, line: LogicalLine): void {
  const { file, endLine } = line.span
  if (line.tooLong) reading.stop(`Error reading ${file} at line ${endLine}: Line too long`, line.span)
  else if (reading.directives > maxDirectives)
    reading.stop(`The config has more than ${maxDirectives} directives`, line.span, 'Is a macro or an Include used in a circle?')
  else if (reading.nesting > maxNesting) reading.stop(`Sections stand more than ${maxNesting} deep inside of each other`, line.span)
}

/** Puts directives into a tree as ap_build_config_sub does. */
class TreeBuilder {
  readonly nodes: ConfigNode[] = []
  readonly #reading: Reading
  readonly #input: Input
  #section: ConfigNode | null = null

  constructor(reading: Reading, input: Input) {
    this.#reading = reading
    this.#input = input
  }

  /** Whether no section is open here. */
  get atTop(): boolean {
    return this.#section === null
  }

  take(line: LogicalLine): void {
    if (line.text === '' || line.text.startsWith('#')) return
    this.#reading.directives++
    const first = nextWord(this.#fill(line))
    const word = first.word
    if (word === '') return
    if (word.startsWith('</')) return this.#close(word, line.span)
    const name = word[1] !== '/' && word.endsWith('>') ? word.slice(0, -1) : word
    const rest = name.startsWith('<') && first.rest === '' ? '>' : first.rest
    this.#open(name, rest, line.span)
  }

  #fill(line: LogicalLine): string {
    return this.#reading.fill(line.text, (name) =>
      this.#reading.note(
        'variable-undefined',
        'warning',
        `Config variable \${${name}} is not defined`,
        line.span,
        'Define it (`Define NAME value`, `-D NAME=value`); until then it stands as written.'
      )
    )
  }

  refuseUnclosed(): void {
    const open: ConfigNode[] = []
    for (let at = this.#section; at !== null; at = at.parent) open.push(at)
    const outermost = open.at(-1)
    if (outermost === undefined) return
    const says = open.map((node) => `${node.span.file}:${node.span.endLine}: ${node.spelling}> was not closed.`)
    this.#reading.refuse(says.join('\n'), outermost.span, `Close it with </${(open[0] ?? outermost).spelling.slice(1)}>.`)
  }

  #open(name: string, rest: string, span: Span): void {
    const key = name.toLowerCase()
    const commands = this.#reading.modules.commands(key)
    if (((commands[0]?.overrides ?? 0) & override.onRead) !== 0) return this.#actNow(commands[0]?.name ?? name, key, rest, span)
    const spelling = commands[0]?.name ?? name
    const node: ConfigNode = { name, spelling, key, rest, span, parent: null, children: [], section: name.startsWith('<') }
    this.#append([node])
    if (!node.section) return
    this.#section = node
    this.#reading.nesting++
  }

  #append(nodes: readonly ConfigNode[]): void {
    const list = this.#section?.children ?? this.nodes
    for (const node of nodes) {
      node.parent = this.#section
      list.push(node)
    }
  }

  #actNow(name: string, key: string, rest: string, span: Span): void {
    const command = this.#reading.modules.commands(key)[0]
    const act = onRead.get(key)
    if (command === undefined || act === undefined) return this.#unmodelled(name, span)
    const taken = takeArguments(command.name, command.kind, rest)
    if ('error' in taken) return this.#reading.refuse(taken.error, span)
    const call = { reading: this.#reading, input: this.#input, name: command.name, key, words: taken.words, text: rest, span }
    const result: ReadResult = act(call)
    if ('error' in result) this.#reading.refuse(result.error, span, result.hint)
    else this.#append(result)
  }
  #unmodelled(name: string, span: Span): void {
    this.#reading.note('unsupported-directive', 'warning', `${name} acts while the config is read, and is not modelled`, span)
  }

  #close(word: string, span: Span): void {
    const open = this.#section
    const says = closingError(word, open)
    if (says !== null) this.#reading.refuse(says, span)
    this.#section = says === null ? (open?.parent ?? null) : this.#recover(word)
    if (this.#section !== open) this.#reading.nesting--
  }
  /** Behind a wrong end, go on where the writer most likely is: past the section that it names, if that is open. */
  #recover(word: string): ConfigNode | null {
    const key = `<${word.slice(2).replace(/>$/, '')}`.toLowerCase()
    for (let at = this.#section; at !== null; at = at.parent) if (at.key === key) return at.parent
    return this.#section
  }
}

function closingError(word: string, open: ConfigNode | null): string | null {
  if (open === null) return `${word} without matching <${word.slice(2)} section`
  if (!word.endsWith('>')) return `${word}> directive missing closing '>'`
  const name = word.slice(2, -1)
  return name.toLowerCase() === open.key.slice(1) ? null : `Expected </${open.spelling.slice(1)}> but saw </${name}>`
}

/** Skips to the end of a section that does not apply, nested ones counted: ap_soak_end_container. Null, or what httpd says. */
export function skipContainer(input: Input, name: string, depth = 1): string | null {
  if (depth > maxNesting) return `Sections stand more than ${maxNesting} deep inside of each other`
  for (let line = input.next(); line !== null; line = input.next()) {
    const first = nextWord(line.text)
    const word = first.word
    if (word.startsWith('</')) {
      const closed = word.slice(2, -1)
      return closed.toLowerCase() === name.toLowerCase() ? null : `Expected </${name}> but saw </${closed}>`
    }
    if (!word.startsWith('<')) continue
    const nested = first.rest === '' && word.endsWith('>') ? word.slice(1, -1) : word.slice(1)
    const says = skipContainer(input, nested, depth + 1)
    if (says !== null) return says
  }
  return `Expected </${name}> before end of configuration`
}
