/** The place of the frame that somebody typed the number of: `1,174` is 1173. null: that is no number of a frame. */
export function readFrameNumber(text: string): number | null {
  const digits = text.trim().replace(/^#/, '').replace(/[,\s]/g, '')
  if (!/^\d{1,12}$/.test(digits)) return null
  const number = Number(digits)
  return number >= 1 ? number - 1 : null
}
