import { isOn, overAll, type Command, type Module } from '../config/module.js'

/** mod_dir, and what mod_mime says of types. */
export interface DirDir {
  index?: readonly string[]
  slash?: boolean
  fallback?: { readonly path: string; readonly id: number }
  types: ByExtension
  charsets: ByExtension
  languages: ByExtension
  encodings: ByExtension
  defaultLanguage?: string
}
/** What an extension (lower case, without its dot) says of a file; empty: a word taken away (`Remove…`). */
export type ByExtension = ReadonlyMap<string, string>
export interface MimeServer {
  typesFile?: string
}

type DirCommand = Command<MimeServer, DirDir>
const tables = ['types', 'charsets', 'languages', 'encodings'] as const
type Table = (typeof tables)[number]

const extension = (word: string): string => word.replace(/^\./, '').toLowerCase()

/** `AddType TYPE .EXT…` and its kin; values are kept in lower case (add_extension_info). */
function addTo(table: Table): DirCommand {
  return ({ dir, args: [value = '', ...extensions] }) => {
    dir[table] = new Map([...dir[table], ...extensions.map((each): [string, string] => [extension(each), value.toLowerCase()])])
  }
}
function removeFrom(table: Table): DirCommand {
  return ({ dir, args }) => {
    dir[table] = new Map([...dir[table], ...args.map((each): [string, string] => [extension(each), ''])])
  }
}
function laidOver(base: ByExtension, add: ByExtension): ByExtension {
  return add.size === 0 ? base : new Map([...base, ...add])
}

export const dirModule: Module<MimeServer, DirDir> = {
  createServer: () => ({}),
  mergeServer: overAll,
  createDir: () => ({ types: new Map(), charsets: new Map(), languages: new Map(), encodings: new Map() }),
  mergeDir: (base, add) => {
    const out = overAll(base, add)
    for (const table of tables) out[table] = laidOver(base[table], add[table])
    return out
  },
  commands: {
    directoryindex: ({ dir, args }) => {
      dir.index = args[0]?.toLowerCase() === 'disabled' ? [] : [...(dir.index ?? []), ...args]
    },
    directoryslash: ({ dir, args }) => void (dir.slash = isOn(args[0])),
    fallbackresource: ({ dir, args, directive }) => {
      if (args[0]?.toLowerCase() !== 'disabled') dir.fallback = { path: args[0] ?? '', id: directive.id }
    },
    typesconfig: ({ server, args, path }) => void (server.typesFile = path(args[0] ?? '')),
    addtype: addTo('types'),
    addcharset: addTo('charsets'),
    addlanguage: addTo('languages'),
    addencoding: addTo('encodings'),
    removetype: removeFrom('types'),
    removecharset: removeFrom('charsets'),
    removelanguage: removeFrom('languages'),
    removeencoding: removeFrom('encodings'),
    defaultlanguage: ({ dir, args }) => void (dir.defaultLanguage = args[0] ?? '')
  }
}
