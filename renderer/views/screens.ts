import type { Component } from 'svelte'
import type { IconName } from '../components/icons.js'
import type { ScreenName } from '../state/navigation.svelte.js'

/** What every screen gets. A screen that was left stays as it is, unseen: `active` says whether it is looked at. */
export interface ScreenProps {
  readonly active: boolean
}
export interface Screen {
  readonly name: ScreenName
  readonly title: string
  readonly icon: IconName
  /** `rail`: above; `foot`: at its lower end; `none`: reached otherwise. */
  readonly place: 'rail' | 'foot' | 'none'
  readonly load: () => Promise<{ readonly default: Component<ScreenProps> }>
}

/** The screens there are, in the order of their numbers (⌘1 …). */
export const screens: readonly Screen[] = [
  { name: 'traffic', title: 'Traffic', icon: 'traffic', place: 'rail', load: () => import('./traffic/Traffic.svelte') },
  { name: 'route', title: 'Route', icon: 'route', place: 'rail', load: () => import('./route/Route.svelte') },
  { name: 'config', title: 'Config', icon: 'config', place: 'rail', load: () => import('./config/Config.svelte') },
  {
    name: 'certificates',
    title: 'Certificates',
    icon: 'certificates',
    place: 'rail',
    load: () => import('./certificates/Certificates.svelte')
  },
  { name: 'logs', title: 'Logs', icon: 'logs', place: 'rail', load: () => import('./logs/Logs.svelte') },
  { name: 'settings', title: 'Settings', icon: 'settings', place: 'foot', load: () => import('./settings/Settings.svelte') },
  { name: 'start', title: 'Start page', icon: 'folder', place: 'none', load: () => import('./start/Start.svelte') }
]
