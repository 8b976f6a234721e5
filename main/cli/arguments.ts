import { parseArgs } from 'node:util'
import type { ParseArgsConfig } from 'node:util'
import { SwitchyardError } from '../../shared/errors.js'

type Options = NonNullable<ParseArgsConfig['options']>

/**
 * Reads a command's words. @throws SwitchyardError `bad-argument` naming the word.
 */
export function readWords<T extends Options>(command: string, words: readonly string[], options: T) {
  try {
    return parseArgs({ args: [...words], options, allowPositionals: true, strict: true })
  } catch (thrown) {
    const message = (thrown as Error).message.split('. ')[0] ?? String(thrown)
    throw new SwitchyardError('bad-argument', `${message}.`, { hint: `switchyard ${command} --help lists what there is.` })
  }
}

export interface Place {
  readonly address: string
  readonly port: number
}

const places = /^(?:(?:\[(?<v6>[0-9a-f:.]+)\]|(?<name>[^:[\]\s]+)):)?(?<port>\d{1,5})$/i

/** `[ADDR:]PORT`; IPv6 addresses in brackets. @throws SwitchyardError `bad-argument` */
export function readPlace(option: string, text: string, address = '127.0.0.1'): Place {
  const parts = places.exec(text)?.groups
  const port = Number(parts?.['port'])
  if (parts !== undefined && port <= 65_535) return { address: parts['v6'] ?? parts['name'] ?? address, port }
  throw new SwitchyardError('bad-argument', `--${option}=${text} is not [ADDRESS:]PORT.`, {
    hint: `For example: --${option}=8443, --${option}=127.0.0.1:8443`
  })
}

/** `443=8443`. @throws SwitchyardError `bad-argument` */
export function readPortMap(text: string): readonly [number, number] {
  const parts = /^(\d{1,5})=(\d{1,5})$/.exec(text)
  const [production, here] = [Number(parts?.[1]), Number(parts?.[2])]
  if (parts !== null && production > 0 && production <= 65_535 && here <= 65_535) return [production, here]
  throw new SwitchyardError('bad-argument', `--port ${text} is not PRODUCTION=HERE.`, { hint: 'For example: --port 443=8443' })
}

/** `NAME[=VALUE]`. @throws SwitchyardError `bad-argument` */
export function readDefine(text: string): readonly [string, string] {
  const [, name, value] = /^([^=\s]+)(?:=(.*))?$/s.exec(text) ?? []
  if (name !== undefined) return [name, value ?? '']
  throw new SwitchyardError('bad-argument', `-D ${text} is not NAME[=VALUE].`, { hint: 'For example: -D PRODUCTION' })
}

/** `K: V`. @throws SwitchyardError `bad-argument` */
export function readHeader(text: string): readonly [string, string] {
  const [, name, value] = /^([!#$%&'*+.^_`|~0-9A-Za-z-]+):[ \t]*([\x20-\x7e\x80-\xff\t]*)$/.exec(text) ?? []
  if (name !== undefined && value !== undefined) return [name, value]
  throw new SwitchyardError('bad-argument', `--header '${text}' is not a field.`, { hint: `For example: --header 'Cookie: a=b'` })
}
