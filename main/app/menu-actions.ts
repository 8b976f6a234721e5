import type { CommandMessage } from '../../shared/app-bridge.js'

/** What the items of menu and tray do. */
export interface MenuActions {
  /** To the page of the focused window; a window is opened or shown where none is. */
  command(command: CommandMessage): void
  open(): void
  newWindow(): void
  openConfig(): void
  openFiles(files: readonly string[]): void
  toggleRunning(): void
  togglePaused(): void
  clear(): void
  toggleHeartbeats(): void
  theme(theme: 'system' | 'light' | 'dark'): void
  copy(text: string): void
  showDataFolder(): void
  quit(): void
}
