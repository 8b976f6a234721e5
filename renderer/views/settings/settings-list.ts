import { defaultSettings } from '../../../shared/settings.js'
import type { Settings } from '../../../shared/settings.js'

export const sections = ['Appearance', 'Proxy', 'Capture', 'Window', 'Keyboard', 'About'] as const
export type Section = (typeof sections)[number]

type Keys<Kind> = { [Key in keyof Settings]: Settings[Key] extends Kind ? Key : never }[keyof Settings]
interface Common {
  readonly section: Section
  readonly title: string
  readonly says: string
  /** Other words that people look for it by. */
  readonly alias?: string
}
/** One setting as the page shows it. */
export type SettingEntry = Common &
  (
    | {
        readonly kind: 'choice'
        readonly key: 'theme' | 'times'
        readonly options: readonly { readonly value: string; readonly label: string; readonly title?: string }[]
      }
    | { readonly kind: 'switch'; readonly key: Keys<boolean>; readonly label: string; readonly onlyInApp?: boolean }
    | { readonly kind: 'number'; readonly key: Keys<number>; readonly unit: string }
  )

export const settingEntries: readonly SettingEntry[] = [
  {
    section: 'Appearance',
    kind: 'choice',
    key: 'theme',
    title: 'Theme',
    says: 'Light, dark, or as the system has it just now.',
    alias: 'colour color dark light mode',
    options: [
      { value: 'system', label: 'System' },
      { value: 'light', label: 'Light' },
      { value: 'dark', label: 'Dark' }
    ]
  },
  {
    section: 'Appearance',
    kind: 'choice',
    key: 'times',
    title: 'Times of frames',
    says: 'Seconds since the tunnel opened, or the time of day. Logs always show the time of day.',
    alias: 'relative clock timestamp',
    options: [
      { value: 'relative', label: 'Since opened', title: '172.301' },
      { value: 'clock', label: 'Time of day', title: '14:31:19.513' }
    ]
  },
  {
    section: 'Appearance',
    kind: 'switch',
    key: 'utc',
    title: 'UTC',
    label: 'Show times of day in UTC',
    says: 'Otherwise they are of this machine’s time zone.',
    alias: 'time zone gmt'
  },
  {
    section: 'Appearance',
    kind: 'switch',
    key: 'hideHeartbeats',
    title: 'Heartbeats',
    label: 'Hide frames that only keep a tunnel open',
    says: 'Ping and pong, 2 and 3 of Engine.IO, ping and pong of graphql-ws, PINGREQ and PINGRESP of MQTT. How many are hidden is said.',
    alias: 'ping pong keepalive keep-alive'
  },
  {
    section: 'Proxy',
    kind: 'switch',
    key: 'askBeforeStopping',
    title: 'Before stopping',
    label: 'Ask while tunnels are open',
    says: 'Stop and Quit close every tunnel, and no closed tunnel comes back.',
    alias: 'quit confirm'
  },
  {
    section: 'Capture',
    kind: 'number',
    key: 'keepMb',
    title: 'Keep at most',
    unit: 'MB',
    says: 'Older captures are removed first. The one that is written always stays.',
    alias: 'disk size retention storage'
  },
  {
    section: 'Capture',
    kind: 'number',
    key: 'keepDays',
    title: 'Keep for',
    unit: 'days',
    says: 'Captures that began earlier are removed.',
    alias: 'retention age'
  },
  {
    section: 'Capture',
    kind: 'number',
    key: 'keepPayloadKb',
    title: 'Payload kept',
    unit: 'KiB',
    says: 'Of one frame or body. What is longer is counted whole and kept in part; it passes whole.',
    alias: 'body limit frame'
  },
  {
    section: 'Window',
    kind: 'switch',
    key: 'closeToTray',
    title: 'Closing the window',
    label: 'Keep the proxy running in the tray',
    says: 'Otherwise closing the last window quits Switchyard.',
    alias: 'tray background',
    onlyInApp: true
  }
]

/** Those that mean something here: a browser's page has no window of its own to close. */
export function settingsHere(inApp: boolean): readonly SettingEntry[] {
  return settingEntries.filter((entry) => inApp || !('onlyInApp' in entry && entry.onlyInApp))
}

/** `Default: 4,096 MB` */
export function sayDefault(entry: SettingEntry): string {
  const value = defaultSettings[entry.key]
  if (entry.kind === 'switch') return `Default: ${value ? 'on' : 'off'}`
  if (entry.kind === 'number') return `Default: ${value.toLocaleString('en-US')} ${entry.unit}`
  return `Default: ${entry.options.find((option) => option.value === value)?.label ?? ''}`
}

/** Whether a search means this setting: every word of it stands somewhere in what is said of it. */
export function isMeant(search: string, ...said: readonly (string | undefined)[]): boolean {
  const text = said.join(' ').toLowerCase()
  return search
    .toLowerCase()
    .split(/\s+/)
    .every((word) => text.includes(word))
}
