import { BrowserWindow, dialog } from 'electron'
import type { MessageBoxOptions, MessageBoxReturnValue } from 'electron'
import { basename } from 'node:path'
import type { ConfigFile } from '../../shared/contract.js'

/** An answer, and whether it is not to be asked again. */
export interface Answered {
  readonly yes: boolean
  readonly neverAgain: boolean
}

/** One rule for Stop and Quit: with tunnels open they ask, with a box to stop asking. */
export async function askToStop(tunnels: number): Promise<Answered> {
  const { response, checkboxChecked } = await ask({
    message: `Stop the proxy and close ${countOf(tunnels)}?`,
    detail: 'Closed tunnels cannot be brought back. What was captured stays.',
    buttons: ['Stop', 'Cancel'],
    checkboxLabel: 'Do not ask again'
  })
  return { yes: response === 0, neverAgain: checkboxChecked }
}

/** @param files of the config that differ between disk, draft and what is served. */
export async function askToQuit(tunnels: number, files: readonly ConfigFile[]): Promise<Answered> {
  const { response, checkboxChecked } = await ask({
    message: tunnels > 0 ? `Quit and close ${countOf(tunnels)}?` : 'Quit with changes to the config?',
    detail: [
      ...(tunnels > 0 ? ['Closed tunnels cannot be brought back. What was captured stays.'] : []),
      ...files.map((file) => `${basename(file.file)}: ${differenceOf(file)}`),
      ...(files.length > 0 ? ['Drafts are kept, and are there again at the next start.'] : [])
    ].join('\n'),
    buttons: ['Quit', 'Cancel'],
    ...(tunnels > 0 ? { checkboxLabel: 'Do not ask about tunnels again' } : {})
  })
  return { yes: response === 0, neverAgain: checkboxChecked }
}

/** Where a closed window would leave nothing to click on. */
export async function askToKeepRunning(): Promise<'quit' | 'keep' | 'cancel'> {
  const { response } = await ask({
    message: 'Quit Switchyard?',
    detail: 'This desktop shows no icon for it. If the proxy keeps running, start Switchyard again to get the window back.',
    buttons: ['Quit', 'Keep Running', 'Cancel'],
    cancelId: 2
  })
  return response === 0 ? 'quit' : response === 1 ? 'keep' : 'cancel'
}

export async function askToSwitch(files: readonly string[]): Promise<boolean> {
  const { response } = await ask({
    message: `Open ${files.map((file) => basename(file)).join(', ')}?`,
    detail: 'Switchyard is running with another config. Open tunnels keep the one that they were opened with.',
    buttons: ['Open', 'Cancel']
  })
  return response === 0
}

/**
 * The engine died again and again.
 *
 * @param settled takes the box away: a window's own button was quicker
 * @returns whether to start it once more; null: it was taken away
 */
export async function askAfterFailure(cause: string, settled: AbortSignal): Promise<boolean | null> {
  const { response } = await ask({
    signal: settled,
    type: 'error',
    message: 'The engine stopped five times within a minute.',
    detail: `${cause}\n\nWhat was captured is on disk.`,
    buttons: ['Start Again', 'Quit']
  })
  return settled.aborted ? null : response === 0
}

function ask(options: MessageBoxOptions): Promise<MessageBoxReturnValue> {
  const all: MessageBoxOptions = { type: 'question', defaultId: 0, cancelId: 1, noLink: true, title: 'Switchyard', ...options }
  const window = BrowserWindow.getFocusedWindow() ?? BrowserWindow.getAllWindows().find((each) => each.isVisible())
  return window === undefined ? dialog.showMessageBox(all) : dialog.showMessageBox(window, all)
}

function countOf(tunnels: number): string {
  return tunnels === 1 ? '1 open tunnel' : `${tunnels} open tunnels`
}

function differenceOf({ edited, unapplied }: ConfigFile): string {
  if (edited && unapplied) return 'changed, neither applied nor on disk'
  return edited ? 'applied, not on disk' : 'on disk, not applied'
}
