/** Names of opcodes (RFC 6455 §11.8). */
const names: Readonly<Record<number, string>> = { 0: 'continuation', 1: 'text', 2: 'binary', 8: 'close', 9: 'ping', 10: 'pong' }

/** `text`, `close`; `reserved 3` for what no RFC names. */
export function opcodeName(opcode: number): string {
  return names[opcode] ?? `reserved ${opcode}`
}
