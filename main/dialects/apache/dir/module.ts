import { isOn, overAll, type Module } from '../config/module.js'

/** mod_dir, and what mod_mime says of types. */
export interface DirDir {
  index?: readonly string[]
  slash?: boolean
  fallback?: { readonly path: string; readonly id: number }
  /** By extension; an empty type is one taken away (`RemoveType`). */
  types: ReadonlyMap<string, string>
}
export interface MimeServer {
  typesFile?: string
}

export const dirModule: Module<MimeServer, DirDir> = {
  createServer: () => ({}),
  mergeServer: overAll,
  createDir: () => ({ types: new Map() }),
  mergeDir: (base, add) => ({ ...overAll(base, add), types: add.types.size === 0 ? base.types : new Map([...base.types, ...add.types]) }),
  commands: {
    directoryindex: ({ dir, args }) => {
      dir.index = args[0]?.toLowerCase() === 'disabled' ? [] : [...(dir.index ?? []), ...args]
    },
    directoryslash: ({ dir, args }) => void (dir.slash = isOn(args[0])),
    fallbackresource: ({ dir, args, directive }) => {
      if (args[0]?.toLowerCase() !== 'disabled') dir.fallback = { path: args[0] ?? '', id: directive.id }
    },
    typesconfig: ({ server, args, path }) => void (server.typesFile = path(args[0] ?? '')),
    removetype: ({ dir, args }) => {
      dir.types = new Map([...dir.types, ...args.map((each): [string, string] => [each.replace(/^\./, '').toLowerCase(), ''])])
    },
    addtype: ({ dir, args }) => {
      const [type = '', ...extensions] = args
      dir.types = new Map([...dir.types, ...extensions.map((each): [string, string] => [each.replace(/^\./, '').toLowerCase(), type])])
    }
  }
}
