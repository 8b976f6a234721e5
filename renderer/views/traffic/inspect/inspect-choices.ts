/** What is remembered of the inspector (preferences `inspect.tab` and `inspect.hex`). */
export type InspectTab = 'decoded' | 'text' | 'hex'
/** `read`: inflated where there is that, else unmasked. */
export type HexForm = 'read' | 'unmasked' | 'wire'

export const inspectTabs = [
  { value: 'decoded', label: 'Decoded' },
  { value: 'text', label: 'Text' },
  { value: 'hex', label: 'Hex' }
] as const satisfies readonly { value: InspectTab; label: string }[]
