import type { Directive } from '../../tree.js'
import { takeArguments } from '../arguments.js'
import { checks } from '../checks/index.js'
import { moduleOf, override, type Command } from '../modules.js'
import type { ConfigNode } from '../node.js'
import type { Reading } from '../reading/state.js'
import { allWords } from '../words.js'
import { contextError } from './context.js'
import type { CheckCall } from './call.js'
import { misspelled } from './misspelled.js'
import { serverScope, type Scope } from './scope.js'
import { sections } from './sections.js'

/** Each takes a millisecond: a text that is no config at all has thousands of words that are no directives. */
const mostGuesses = 100

/** A directive while its children are still being added. */
type Growing = Directive & { readonly children: Directive[] }

/**
 * Lets every directive take effect in order, as ap_walk_config does once all is read: context, number of arguments, then the
 * directive's own rules. httpd stops at the first error; here each is told and the walk goes on.
 */
export function walkConfig(reading: Reading, nodes: readonly ConfigNode[]): { directives: Directive[]; byId: Directive[] } {
  const walk = new ConfigWalk(reading)
  return { directives: walk.list(nodes, serverScope()), byId: walk.byId }
}

class ConfigWalk {
  readonly byId: Directive[] = []
  readonly #reading: Reading
  #guesses = 0

  constructor(reading: Reading) {
    this.#reading = reading
  }

  list(nodes: readonly ConfigNode[], scope: Scope): Directive[] {
    return nodes.map((node) => this.#one(node, scope))
  }

  #one(node: ConfigNode, scope: Scope): Directive {
    const directive = this.#directive(node)
    const commands = this.#reading.modules.commands(node.key)
    const known = commands.filter((command) => (command.overrides & override.onRead) === 0)
    let walked = false
    const walk = (inner: Scope) => {
      walked = true
      directive.children.push(...this.list(node.children, inner))
    }
    if (commands.length === 0) this.#unknown(node)
    else
      this.#refuseIf(
        node,
        firstOf(known, (command) => this.#invoke(command, node, directive, scope, walk))
      )
    if (!walked) walk(scope)
    return directive
  }

  /** The tree's own directive: words as httpd would split them, a section's `>` left off. */
  #directive(node: ConfigNode): Growing {
    const text = node.rest
    const end = node.section ? text.lastIndexOf('>') : -1
    const args = allWords(end === -1 ? text : text.slice(0, end))
    const { name, key, span, section } = node
    const directive: Growing = { id: this.byId.length, name, key, text, args, span, section, children: [] }
    this.byId.push(directive)
    return directive
  }
  #unknown(node: ConfigNode): void {
    if (this.#reading.modules.foreign) {
      const says = `${node.name} is no directive of a module that httpd ships: it is taken as one of the other modules loaded`
      return this.#reading.note('unsupported-directive', 'warning', says, node.span)
    }
    const owner = moduleOf(node.key)
    const hint = owner === undefined ? this.#guess(node.name) : `It belongs to ${owner}, which is not loaded.`
    const says = `Invalid command '${node.name}', perhaps misspelled or defined by a module not included in the server configuration`
    this.#reading.refuse(says, node.span, hint)
  }

  #guess(word: string): string | undefined {
    return ++this.#guesses > mostGuesses ? undefined : misspelled(word)
  }

  #refuseIf(node: ConfigNode, error: string | null): void {
    if (error !== null) this.#reading.refuse(error, node.span)
  }

  #invoke(command: Command, node: ConfigNode, directive: Directive, scope: Scope, walk: (inner: Scope) => void): string | null {
    if ((scope.overrides & command.overrides) === 0) return notAllowed(command.name, node)
    const taken = takeArguments(command.name, command.kind, node.rest)
    if ('error' in taken) return taken.error
    const call: CheckCall = { name: command.name, words: taken.words, text: directive.text, node, scope, reading: this.#reading }
    const section = sections.get(node.key)
    if (section !== undefined) return section({ ...call, walk })
    const misplaced = contextError(command.name, node, scope, command.forbidden)
    return misplaced ?? checks.get(node.key)?.(call) ?? null
  }
}

function notAllowed(name: string, node: ConfigNode): string {
  return node.parent === null ? `${name} not allowed here` : `${name} not allowed in ${node.parent.spelling}> context`
}
function firstOf(commands: readonly Command[], run: (command: Command) => string | null): string | null {
  for (const command of commands) {
    const error = run(command)
    if (error !== null) return error
  }
  return null
}
