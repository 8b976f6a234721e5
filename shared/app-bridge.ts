/**
 * What the desktop app's preload gives its pages, and a browser does not have: `window.switchyardApp`. Everything else goes
 * over the contract.
 *
 * The contract's port cannot pass through that object, so it comes as a message of the window to itself:
 *
 * ```ts
 * const nonce = crypto.randomUUID()
 * addEventListener('message', (event) => {
 *   if (isPortMessage(event.data, nonce) && event.source === window) use(event.ports[0])
 * })
 * window.switchyardApp.connect(nonce)
 * ```
 *
 * A port comes for each engine: the first after `connect`, another whenever the engine was started again. The one before is
 * dead then, and so are its views.
 */
export const appBridgeName = 'switchyardApp'

/** A command line that somebody pastes; what is longer is a file's, or not meant. */
export const maxPastedChars = 65_536

export interface AppBridge {
  readonly platform: 'darwin' | 'win32' | 'linux'
  readonly version: string
  /** The window's name, under which it remembers what it shows: it has the same after a restart. */
  readonly window: string
  /** The app was started with configs: while the engine starts, they are on their way. */
  readonly opens: boolean
  /** Asks for the contract's port. The message that brings it bears this nonce. Once a page. */
  connect(nonce: string): void
  /** How the engine's process is; told at once, and with every change. @returns what stops it. */
  onEngine(listener: (engine: EngineHealth) => void): () => void
  /** The system's dialog for config files. null: it was closed. */
  chooseConfigs(): Promise<string[] | null>
  /** The system's dialog for a file to write. null: it was closed. */
  chooseSaveFile(suggested: string): Promise<string | null>
  /**
   * What is on the clipboard, in answer to a click or a key of the person: the page itself may not read it. null: nobody
   * clicked, or it is no text or a longer one than {@link maxPastedChars}.
   */
  clipboardText(): Promise<string | null>
  /** Starts the engine that was given up (`failed`). */
  startEngine(): void
  /** Where a dropped file stands; empty for one that has no place, such as a picture out of another page. */
  pathOf(file: File): string
  /** Shows a file in the system's file manager. */
  showFile(path: string): void
  newWindow(): void
}

export const appScreens = ['traffic', 'route', 'config', 'certificates', 'logs', 'settings'] as const
export type AppScreen = (typeof appScreens)[number]

/** Commands of one screen, which a menu may send whichever is shown. */
export type ScreenCommand =
  | 'find'
  | 'config.apply'
  | 'config.save'
  | 'config.save-as'
  | 'config.revert-to-disk'
  | 'config.revert-to-applied'
  | 'config.next-problem'
  | 'config.previous-problem'
  | 'route.explain'
  | 'traffic.layout'
  | 'traffic.follow'
  | 'traffic.nextBad'
  | 'traffic.previousBad'
  | 'traffic.goToFrame'
  | 'traffic.copyUrl'
  | 'traffic.copyCurl'
  | 'traffic.copyWscat'
  | 'traffic.copyRow'
  | 'traffic.copyPayload'
  | 'traffic.copyFrame'
  | 'traffic.export'
  | 'traffic.close'

/** Menu items whose work is the page's come as messages of the window to itself, too; `command` is an id of the palette's. */
export interface CommandMessage {
  readonly command: `screen.${AppScreen}` | 'palette.open' | 'help.keyboard' | 'exchange.open' | 'session.open' | ScreenCommand
  /** An exchange's number, a session's name. */
  readonly argument?: number | string
}

/** `restarting`: it died of `cause`, and is being started again. `failed`: it died too often. */
export type EngineHealth =
  { readonly state: 'starting' | 'up' } | { readonly state: 'restarting' | 'failed'; readonly cause: string; readonly atMs: number }

export interface PortMessage {
  readonly switchyard: 'port'
  readonly nonce: string
}

export function isPortMessage(data: unknown, nonce: string): data is PortMessage {
  const said = data as Partial<PortMessage> | null
  return typeof said === 'object' && said !== null && said.switchyard === 'port' && said.nonce === nonce
}

export function isCommandMessage(data: unknown): data is CommandMessage {
  return typeof data === 'object' && data !== null && 'command' in data && typeof data.command === 'string'
}
