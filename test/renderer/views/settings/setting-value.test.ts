import { expect, test } from 'vitest'
import { defaultSettings } from '../../../../shared/settings.js'
import { dataFolderOf } from '../../../../renderer/views/settings/data-folder.js'
import { readNumber } from '../../../../renderer/views/settings/setting-value.js'
import { isMeant, sayDefault, settingEntries } from '../../../../renderer/views/settings/settings-list.js'

test('every setting stands on the page but the list of recent configs', () => {
  expect(settingEntries.map(({ key }) => key).sort()).toEqual(
    Object.keys(defaultSettings)
      .filter((key) => key !== 'recentConfigs')
      .sort()
  )
})
test('a number is read as it is shown, and its limits are said', () => {
  expect(readNumber('keepMb', ' 4,096 ')).toEqual({ value: 4096 })
  expect(readNumber('keepMb', '8')).toEqual({ wrong: 'At least 16.' })
  expect(readNumber('keepDays', '5000')).toEqual({ wrong: 'At most 3,650.' })
  expect(readNumber('keepDays', '1.5')).toEqual({ wrong: 'A whole number is needed.' })
  expect(readNumber('keepDays', '')).toEqual({ wrong: 'A whole number is needed.' })
})
test('defaults in words', () => {
  const said = new Map(settingEntries.map((entry) => [entry.key, sayDefault(entry)]))
  expect(said.get('theme')).toBe('Default: System')
  expect(said.get('keepMb')).toBe('Default: 4,096 MB')
  expect(said.get('utc')).toBe('Default: off')
})
test('a search means a setting by any words that are said of it', () => {
  expect(isMeant('', 'Theme')).toBe(true)
  expect(isMeant('dark the', 'Theme', 'Light, dark')).toBe(true)
  expect(isMeant('dark x', 'Theme', 'Light, dark')).toBe(false)
})
test('the data folder is told by the capture in it', () => {
  expect(dataFolderOf('/srv/data/captures/2026.swycap')).toBe('/srv/data')
  expect(dataFolderOf('C:\\Users\\m\\Switchyard\\captures\\a.swycap')).toBe('C:\\Users\\m\\Switchyard')
  expect(dataFolderOf('/elsewhere/a.swycap')).toBeNull()
})
