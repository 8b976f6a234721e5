import * as v from 'valibot'

/**
 * What a user chose, the same for the app and the command: one file in the data folder, written whole. A value that is
 * not as it should be falls back to its default, alone.
 */
const sizeMb = v.pipe(v.number(), v.integer(), v.minValue(16), v.maxValue(1024 * 1024))
const days = v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(3650))

export const settingsEntries = {
  theme: v.picklist(['system', 'light', 'dark']),
  /** How times are shown in lists: since the tunnel opened, or on the clock. */
  times: v.picklist(['relative', 'clock']),
  utc: v.boolean(),
  /** Frames that only keep a tunnel open are left out of the lists of frames, and counted. */
  hideHeartbeats: v.boolean(),
  /** Closing the window keeps the proxy running, in the tray. */
  closeToTray: v.boolean(),
  /** Stop and Quit ask where tunnels are open. */
  askBeforeStopping: v.boolean(),
  /** Retention: sessions beyond this many megabytes or days are removed, oldest first. */
  keepMb: sizeMb,
  keepDays: days,
  /** Of a payload or body, at most so many KiB are kept. */
  keepPayloadKb: v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(64 * 1024)),
  recentConfigs: v.pipe(v.array(v.pipe(v.array(v.pipe(v.string(), v.maxLength(4096))), v.minLength(1), v.maxLength(64))), v.maxLength(20))
} as const
export const settingsSchema = v.strictObject(settingsEntries)
export type Settings = v.InferOutput<typeof settingsSchema>

export const defaultSettings: Settings = {
  theme: 'system',
  times: 'relative',
  utc: false,
  hideHeartbeats: false,
  closeToTray: true,
  askBeforeStopping: true,
  keepMb: 4096,
  keepDays: 14,
  keepPayloadKb: 1024,
  recentConfigs: []
}

/** Whatever a file holds, as settings: each value that is not as it should be is the default's. */
export function readSettings(found: unknown): Settings {
  const values = typeof found === 'object' && found !== null ? (found as Record<string, unknown>) : {}
  const entries = Object.entries(settingsEntries).map(([key, schema]) => {
    const parsed = v.safeParse(schema, values[key])
    return [key, parsed.success ? parsed.output : defaultSettings[key as keyof Settings]]
  })
  return Object.fromEntries(entries) as Settings
}
