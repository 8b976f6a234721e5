// The rooms' import directions (docs: ARCHITECTURE.md, "Rooms") as a lint rule. `import type` counts as an import, too.
import { isBuiltin } from 'node:module'
import { dirname, join, relative, resolve, sep } from 'node:path'

const middle = ['engine', 'dialects', 'certs', 'capture', 'findings', 'faults']

/** Which other rooms a room may import. A room may always import itself. */
const mayImport = {
  app: ['host', ...middle, 'shared'],
  cli: ['host', ...middle, 'shared'],
  host: [...middle, 'shared'],
  engine: ['faults', 'shared'],
  dialects: ['shared'],
  certs: ['shared'],
  capture: ['shared'],
  findings: ['dialects', 'shared'],
  faults: ['shared'],
  shared: [],
  renderer: ['shared']
}

/** Packages and Node's own modules, where a room is not free to choose. */
const schemaLibrary = 'valibot'

/**
 * Room of a path relative to the project: `main/engine/wire/wire.ts` → `engine`, `shared/site.ts` → `shared`.
 * `null` for build/, test/ and files at the top, which are free; `unknown:x` for a folder of main/ that the table lacks.
 */
export function roomOf(path) {
  const [top, second] = path.split(sep)
  if (top === 'shared' || top === 'renderer') return top
  if (top !== 'main' || second === undefined) return null
  return second in mayImport && second !== 'shared' && second !== 'renderer' ? second : `unknown:${second}`
}

/** Why `from` may not import the package or module `name`, or null. */
function packageRefusal(from, name) {
  const bare = name.replace(/^node:/, '')
  const parent = bare.startsWith('@') ? bare.split('/').slice(0, 2).join('/') : bare.split('/')[0]
  if (parent === 'electron' && from !== 'app') return 'onlyAppImportsElectron'
  if (from === 'shared' && parent !== schemaLibrary) return 'sharedImportsOnlySchemas'
  if (from === 'renderer' && isBuiltin(name)) return 'rendererHasNoNode'
  return null
}

/** Why `from` may not import a file that belongs to `to`, or null. */
function roomRefusal(from, to) {
  if (to === from) return null
  if (to === null) return 'outsideRooms'
  return mayImport[from].includes(to) ? null : 'direction'
}

const rule = {
  meta: {
    type: 'problem',
    docs: { description: 'keep the import directions between the rooms' },
    schema: [{ type: 'object', properties: { root: { type: 'string' } }, additionalProperties: false }],
    messages: {
      direction: '{{from}} may not import {{to}}. What it needs of it is handed in by host; what both need stands in shared/.',
      outsideRooms: '{{from}} may not import {{source}}: it lies in none of the rooms (build/ and test/ are not part of the program).',
      unknownRoom: 'main/{{room}} is not one of the rooms. Name it and its directions in build/eslint-rooms.js.',
      onlyAppImportsElectron: 'Only main/app imports electron; {{from}} runs under plain Node as well.',
      sharedImportsOnlySchemas: `shared/ imports no package but ${schemaLibrary}, and nothing of Node: the screens use it, too. ({{source}})`,
      rendererHasNoNode: 'The screens run in a browser: {{source}} is not there.'
    }
  },
  create(context) {
    const root = context.options[0]?.root ?? context.cwd
    const path = relative(root, context.filename)
    const from = roomOf(path)
    if (from === null) return {}
    if (from.startsWith('unknown:')) {
      return { Program: (node) => context.report({ node, messageId: 'unknownRoom', data: { room: from.slice('unknown:'.length) } }) }
    }
    const check = (literal) => {
      if (typeof literal?.value !== 'string') return
      const source = literal.value
      const isFile = /^[./]/.test(source)
      const to = isFile ? roomOf(relative(root, resolve(join(root, dirname(path)), source))) : null
      const messageId = isFile ? roomRefusal(from, to) : packageRefusal(from, source)
      if (messageId) context.report({ node: literal, messageId, data: { from, to: to ?? '', source } })
    }
    return {
      ImportDeclaration: (node) => check(node.source),
      ExportNamedDeclaration: (node) => check(node.source),
      ExportAllDeclaration: (node) => check(node.source),
      ImportExpression: (node) => check(node.source),
      TSImportType: (node) => check(node.source ?? node.argument?.literal),
      TSExternalModuleReference: (node) => check(node.expression),
      CallExpression: (node) => {
        if (node.callee.type === 'Identifier' && node.callee.name === 'require') check(node.arguments[0])
      }
    }
  }
}

export default { rules: { 'import-directions': rule } }
