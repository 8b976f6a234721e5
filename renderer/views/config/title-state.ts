import type { ConfigFacts, ConfigFile } from '../../../shared/contract.js'

export interface TitleState {
  readonly tone: 'quiet' | 'warn'
  readonly text: string
  readonly title: string
}

/** In one phrase, whether what is edited is served and written down. @param appliedAt a time of day, `14:02` */
export function titleState(
  files: readonly Pick<ConfigFile, 'edited' | 'unapplied' | 'isNew'>[],
  config: Pick<ConfigFacts, 'generation'> | null,
  appliedAt: string
): TitleState {
  const edited = files.some((file) => file.edited)
  const unapplied = files.some((file) => file.unapplied)
  if (edited && unapplied) return { tone: 'warn', text: 'not applied, not on disk', title: 'Apply serves it, Save to disk writes it' }
  if (edited && files.every((file) => file.isNew || !file.edited))
    return { tone: 'quiet', text: 'applied, in no file yet', title: 'It is served as it stands here; Save as… makes a file of it' }
  if (edited) return { tone: 'warn', text: 'applied, not on disk', title: 'It is served as edited; the file has another text' }
  if (config === null) return { tone: 'warn', text: 'not served', title: 'Nothing of it was served yet' }
  if (unapplied) return { tone: 'warn', text: 'on disk, not applied', title: 'The files have another text than what is served' }
  return { tone: 'quiet', text: `config ${config.generation}, applied ${appliedAt}`, title: 'What is served is what the files say' }
}
