import { command } from './switchyard.js'

/** One frame as `switchyard export --ndjson` prints it, its payload as bytes. */
export interface CapturedFrame {
  readonly from: 'client' | 'server'
  readonly opcode: number
  readonly length: number
  readonly payload: Buffer
}

interface Line {
  readonly type: string
  readonly from: 'client' | 'server'
  readonly opcode: number
  readonly length: number
  readonly text?: string
  readonly base64?: string
}

/** The frames of a capture, in the order that the export gives them. */
export async function capturedFrames(capture: string): Promise<CapturedFrame[]> {
  const printed = await command('export', capture, '--ndjson', '-')
  const lines = printed
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as Line)
  return lines
    .filter((line) => line.type === 'frame')
    .map(({ from, opcode, length, text, base64 }) => ({
      from,
      opcode,
      length,
      payload: base64 === undefined ? Buffer.from(text ?? '') : Buffer.from(base64, 'base64')
    }))
}
