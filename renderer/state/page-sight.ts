/** Whether anybody can see the page: not one of a hidden window, or of a browser's other tab. */
export function isSeen(): boolean {
  return globalThis.document?.hidden !== true
}
/** Hears when the page is hidden and when it is seen again, until the answer is called. */
export function onSight(heard: (seen: boolean) => void): () => void {
  const changed = (): void => heard(isSeen())
  globalThis.document?.addEventListener('visibilitychange', changed)
  return () => globalThis.document?.removeEventListener('visibilitychange', changed)
}
