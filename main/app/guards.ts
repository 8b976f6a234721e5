import { app } from 'electron'
import type { Session, WebContents } from 'electron'

export const scheme = 'app'
export const origin = `${scheme}://switchyard`
export const pageUrl = `${origin}/`

/** What a page of ours may ask of the system: its copy buttons. */
const allowed = 'clipboard-sanitized-write'

/** Whether a message or a request is by a page of ours, in the main frame of its window. */
export function isOurs(url: string): boolean {
  return URL.canParse(url) && new URL(url).protocol === `${scheme}:` && new URL(url).host === 'switchyard'
}

/** No permission, no download, no device but what stands above. */
export function guardSession(session: Session): void {
  session.setPermissionRequestHandler((_contents, permission, decide, { requestingUrl, isMainFrame }) =>
    decide(permission === allowed && isMainFrame && isOurs(requestingUrl))
  )
  session.setPermissionCheckHandler(
    (_contents, permission, requestingOrigin, { isMainFrame }) =>
      (permission as string) === allowed && isMainFrame && isOurs(requestingOrigin)
  )
  session.setDevicePermissionHandler(() => false)
  session.on('will-download', (event) => event.preventDefault())
}

/** No page leads anywhere: links that a person clicks go to the system's browser (preload.ts). */
export function guardContents(): void {
  app.on('web-contents-created', (_event, contents) => {
    contents.setWindowOpenHandler(() => ({ action: 'deny' }))
    contents.on('will-frame-navigate', (event) => denyUnlessReload(event, contents))
    contents.on('will-redirect', (event) => event.preventDefault())
    contents.on('will-attach-webview', (event) => event.preventDefault())
  })
}

function denyUnlessReload(event: { readonly url: string; preventDefault(): void }, contents: WebContents): void {
  if (event.url.split('#')[0] !== contents.getURL().split('#')[0] || !isOurs(event.url)) event.preventDefault()
}
