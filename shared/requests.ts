import * as v from 'valibot'
import { settingsSchema } from './settings.js'

const none = v.strictObject({})
const id = v.pipe(v.number(), v.integer(), v.minValue(0), v.maxValue(2 ** 32))
const count = v.pipe(v.number(), v.integer(), v.minValue(0), v.maxValue(1000))
const row = v.pipe(v.number(), v.integer(), v.minValue(0), v.maxValue(2 ** 40))
/** Of a filter, and other words of a person. */
export const maxTextChars = 4096
const text = v.pipe(v.string(), v.maxLength(maxTextChars))
const path = v.pipe(v.string(), v.minLength(1), v.maxLength(4096))
const name = v.pipe(v.string(), v.minLength(1), v.maxLength(255))
const side = v.picklist(['client', 'server'])
const bytes = v.pipe(v.number(), v.integer(), v.minValue(0), v.maxValue(65_536))
const port = v.pipe(v.number(), v.integer(), v.minValue(0), v.maxValue(65_535))
const viewId = id
/** A config's text as it is edited. Larger files are opened to look at only. */
export const maxDraftChars = 4 * 1024 * 1024
const draftText = v.pipe(v.string(), v.maxLength(maxDraftChars))
/** SHA-256 of a file's bytes, hex: what a save found on the disk when it was opened. */
const hash = v.pipe(v.string(), v.regex(/^[0-9a-f]{64}$/))
const textOf = v.union([
  v.literal('refused'),
  v.strictObject({ generation: id }),
  v.strictObject({ exchange: id, session: v.optional(name) })
])
const place = v.strictObject({ address: text, port, tls: v.boolean() })

/** Parameters of every request, by name. A request that is not listed here does not exist. */
export const requestSchemas = {
  /** Said first by both sides. Another version is told to reload. */
  hello: v.strictObject({ version: v.number() }),
  status: none,
  /** Whether anybody sees this screen: one that is hidden is told no counts. Answers those of now. A new screen is seen. */
  'counts.want': v.strictObject({ wanted: v.boolean() }),
  /** Serves again what was stopped. `lenient`: without the directives that change routing and are not modelled. */
  'run.start': v.strictObject({ lenient: v.optional(v.boolean()) }),
  'run.stop': none,

  // ── configs: on disk, draft, applied, and what older tunnels still have (ui/DECISIONS.md) ──
  'config.get': none,
  /** Reads these files, several of one kind as one site, and serves them. Drafts of them that are kept come back. */
  'config.open': v.strictObject({ files: v.pipe(v.array(path), v.minLength(1), v.maxLength(64)), lenient: v.optional(v.boolean()) }),
  /** Opens a text that stands in no file here, as a browser has it of a dropped one: a draft in the data folder, without its includes. */
  'config.openText': v.strictObject({ name, text: draftText }),
  /**
   * Serves routes that stand in no file, each as `--route` has it; none: the demo. `listen` is, by default, 127.0.0.1 on 8080
   * and, over TLS, 8443; of the demo, 8443 alone.
   */
  'config.openRoutes': v.strictObject({
    routes: v.pipe(v.array(text), v.maxLength(64)),
    listen: v.optional(v.pipe(v.array(place), v.maxLength(16)))
  }),
  /** Every file of the config, included ones too, with what differs. */
  'config.files': none,
  /** The texts of one file: on disk, draft, applied. */
  'config.text': v.strictObject({ file: path }),
  /**
   * The text of a file as another config had it than the one that is edited: that of a generation of this run, that which decided an
   * exchange, or the last that was refused.
   */
  'config.textOf': v.strictObject({ file: path, of: textOf }),
  /** Keeps a draft, over a restart too; the text of the disk takes it away. */
  'config.edit': v.strictObject({ file: path, text: draftText }),
  /** What the drafts as they are would be told; `files`: other files instead, that are not served. */
  'config.check': v.strictObject({ files: v.optional(v.pipe(v.array(path), v.maxLength(64))) }),
  /** Serves the drafts; nothing is written to the config's files. */
  'config.apply': v.strictObject({ lenient: v.optional(v.boolean()) }),
  /** Writes a draft to its file, or another. `base`: the disk text that it was made from; another one there is refused (`config-changed`). */
  'config.save': v.strictObject({ file: path, as: v.optional(path), base: v.nullable(hash) }),
  /** Drops a draft: the text of the disk, or the one that is served, stands there again. */
  'config.revert': v.strictObject({ file: path, to: v.picklist(['disk', 'applied']) }),
  /** The files read anew from the disk; drafts stay drafts. */
  'config.reload': none,
  /** Hosts and routes of what is served. */
  'config.outline': none,
  /** How it is served here; what is left out stays as it is. Serves anew what is served; for a config that was refused it is kept. */
  'config.options': v.partial(
    v.strictObject({
      ports: v.pipe(v.array(v.tuple([port, port])), v.maxLength(64)),
      /** `NAME[:PORT]=ADDR:PORT`, as `--map` takes them. */
      maps: v.pipe(v.array(text), v.maxLength(256)),
      expose: v.boolean()
    })
  ),
  /** Whether somebody listens there, asked once. */
  'backend.probe': v.strictObject({ host: name, port, tls: v.boolean() }),
  /** What would be decided on a request, without sending anything. */
  'route.explain': v.strictObject({
    method: v.pipe(v.string(), v.regex(/^[!#$%&'*+.^_`|~0-9A-Za-z-]{1,64}$/)),
    /** Absolute: scheme, host and port choose the listener and the Host field. */
    url: v.pipe(v.string(), v.maxLength(16_384)),
    fields: v.pipe(v.array(v.tuple([name, v.pipe(v.string(), v.maxLength(65_536))])), v.maxLength(200)),
    upgrade: v.boolean()
  }),
  /** Folders and files of the machine that the engine runs on: for a browser, which has no dialog of that machine. */
  'files.list': v.strictObject({ folder: v.nullable(path) }),

  'view.open': v.strictObject({
    kind: v.picklist(['exchanges', 'frames', 'logs']),
    /** The exchange, where kind is `frames`. */
    of: v.optional(id),
    filter: text,
    /** Frames that only keep a tunnel open are left out, and counted. */
    hide: v.optional(v.literal('heartbeats')),
    /** An older session to look at, by its name. Default: the one that is written. */
    session: v.optional(name),
    order: v.optional(v.strictObject({ by: v.pipe(v.string(), v.maxLength(32)), descending: v.boolean() }))
  }),
  'view.window': v.strictObject({ view: viewId, first: row, count }),
  /** Where rows stand, by their ids; as many as a window may have. */
  'view.indexOf': v.strictObject({ view: viewId, rows: v.pipe(v.array(row), v.maxLength(1000)) }),
  /** The next row that contains the text; null: that something went wrong with. */
  'view.find': v.strictObject({ view: viewId, text: v.nullable(text), from: row, towards: v.picklist(['later', 'earlier']) }),
  'view.ack': v.strictObject({ view: viewId }),
  'view.close': v.strictObject({ view: viewId }),
  'exchange.get': v.strictObject({ exchange: id, session: v.optional(name) }),
  'exchange.trace': v.strictObject({ exchange: id, session: v.optional(name) }),
  /** Pictures of exchanges over their own life, or over what there is of it. */
  'exchange.activity': v.strictObject({
    exchanges: v.pipe(v.array(id), v.maxLength(100)),
    bins: v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(96)),
    session: v.optional(name)
  }),
  'frame.body': v.strictObject({
    exchange: id,
    session: v.optional(name),
    from: side,
    number: row,
    form: v.picklist(['wire', 'unmasked', 'inflated']),
    offset: row,
    length: bytes
  }),
  'http.body': v.strictObject({ exchange: id, from: side, offset: row, length: bytes, session: v.optional(name) }),
  /** Exchanges with their frames as NDJSON, as `switchyard export` writes them, into a file of that machine; one that is there is replaced only where it is said. */
  'capture.export': v.strictObject({
    exchanges: v.pipe(v.array(id), v.maxLength(10_000)),
    file: path,
    replace: v.optional(v.boolean()),
    session: v.optional(name)
  }),
  /** Begins a new session; the old one stays until retention takes it. */
  'capture.clear': none,
  /** Traffic goes on, nothing is stored. */
  'capture.pause': v.strictObject({ paused: v.boolean() }),
  'capture.sessions': none,
  /** Deletes an earlier session for good. */
  'capture.delete': v.strictObject({ session: name }),
  'tunnel.close': v.strictObject({ exchange: id }),
  'authorities.list': none,
  /** Puts an authority into a trust store of the engine's machine, or takes it out. A failure says the command to run by hand. */
  'authorities.trust': v.strictObject({ authority: name, store: name, trusted: v.boolean() }),
  'settings.get': none,
  'settings.set': v.partial(settingsSchema),
  /** Gives up on a request that was sent before. Its reply is the error `request-cancelled`. */
  cancel: v.strictObject({ id })
} as const satisfies Record<string, v.GenericSchema>

export type RequestName = keyof typeof requestSchemas
export type Params<Name extends RequestName> = v.InferOutput<(typeof requestSchemas)[Name]>

/** Which config a place in a text is of. */
export type TextOf = Params<'config.textOf'>['of']

/** How a request travels. Ids are the asker's own, and may be reused once answered. */
export interface RequestMessage<Name extends RequestName = RequestName> {
  readonly id: number
  readonly request: Name
  readonly params: Params<Name>
}

const messageShape = v.strictObject({
  id: v.pipe(v.number(), v.integer(), v.minValue(0), v.maxValue(2 ** 32)),
  request: v.picklist(Object.keys(requestSchemas) as [RequestName, ...RequestName[]]),
  params: v.unknown()
})

/** Reads what came over a transport. A string says what is wrong with it, and `id` which request it was, where that can be told. */
export function parseRequest(message: unknown): RequestMessage | { readonly id: number | null; readonly wrong: string } {
  const shape = v.safeParse(messageShape, message)
  if (!shape.success) return { id: idOf(message), wrong: sayIssue(shape.issues[0]) }
  const { id: asked, request, params } = shape.output
  const parsed = v.safeParse(requestSchemas[request], params)
  if (!parsed.success) return { id: asked, wrong: `${request}: ${sayIssue(parsed.issues[0])}` }
  return { id: asked, request, params: parsed.output }
}

function idOf(message: unknown): number | null {
  const asked = typeof message === 'object' && message !== null && 'id' in message ? message.id : null
  return typeof asked === 'number' && Number.isSafeInteger(asked) && asked >= 0 ? asked : null
}

function sayIssue(issue: v.BaseIssue<unknown>): string {
  const at = v.getDotPath(issue)
  return at === null ? issue.message : `${at}: ${issue.message}`
}
