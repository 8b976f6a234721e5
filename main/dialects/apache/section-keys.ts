import type { Directive, Tree } from './tree.js'

/** A tree whose sections go by their bare keys (`virtualhost`), however its reader spelt them. */
export function withSectionKeys(tree: Tree): Tree {
  const byId = [...tree.byId]
  const directives = tree.directives.map((each) => plain(each, byId))
  return { ...tree, directives, byId }
}

function plain(directive: Directive, byId: Directive[]): Directive {
  if (!directive.section) return directive
  const children = directive.children.map((each) => plain(each, byId))
  const own = { ...directive, key: directive.key.replace(/^</, ''), children }
  byId[own.id] = own
  return own
}
