import { createContext } from 'svelte'
import type { Commands } from './commands.svelte.js'
import type { Connection } from './connection.svelte.js'
import type { Navigation } from './navigation.svelte.js'
import type { Notices } from './notices.svelte.js'
import type { Preferences } from './preferences.svelte.js'
import type { Session } from './session.svelte.js'

/** Everything that screens share. `useApp()` while a component is set up; App.svelte puts it there. */
export interface AppState {
  readonly connection: Connection
  readonly session: Session
  readonly navigation: Navigation
  readonly commands: Commands
  readonly notices: Notices
  readonly preferences: Preferences
}
export const [useApp, setApp] = createContext<AppState>()
