import type { Settings } from '../../shared/settings.js'
import type { Preferences } from './preferences.svelte.js'

/** Puts the theme on the page. null: not told yet; the last one holds until then, so that nothing flashes. */
export function showTheme(told: Settings['theme'] | null, preferences: Preferences): void {
  const theme = told ?? preferences.get<Settings['theme']>('theme', 'system')
  if (told !== null) preferences.set('theme', told)
  if (theme === 'system') delete document.documentElement.dataset['theme']
  else document.documentElement.dataset['theme'] = theme
}

/** Whether the page is dark now. */
export function isDark(theme: Settings['theme']): boolean {
  return theme === 'dark' || (theme === 'system' && matchMedia('(prefers-color-scheme: dark)').matches)
}
