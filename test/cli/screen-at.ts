import { decode, encode } from '@msgpack/msgpack'
import { onTestFinished } from 'vitest'
import { WebSocket } from 'ws'
import { contractVersion } from '../../shared/contract.js'
import type { ServerMessage } from '../../shared/contract.js'
import { Screen } from '../host/screens.js'

/** A screen of the command's own, by the line that it printed. */
export async function screenAt(printed: string): Promise<Screen> {
  const { host, hash } = new URL(printed.replace(/^screens /, ''))
  const socket = new WebSocket(`ws://${host}/contract`, { headers: { Authorization: `Bearer ${hash.slice(1)}` } })
  onTestFinished(() => socket.terminate())
  const screen = new Screen((message) => socket.send(encode(message)))
  socket.on('message', (data: Buffer) => screen.heard(decode(data) as ServerMessage))
  await new Promise((resolve, reject) => socket.once('open', resolve).once('error', reject))
  await screen.ask('hello', { version: contractVersion })
  return screen
}
