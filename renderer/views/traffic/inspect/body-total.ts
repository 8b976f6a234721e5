/**
 * How many bytes a body had. An exchange counts what went over the wire, head and chunk framing too, so its Content-Length tells
 * better; without one, a body that is shorter than what is kept at most is whole.
 */
export function bodyTotal(counted: number, kept: number, contentLength: string | null, mostKept: number): number {
  if (contentLength !== null && /^\d{1,15}$/.test(contentLength.trim())) return Math.max(kept, Number(contentLength))
  return kept < mostKept ? kept : Math.max(kept, counted)
}
