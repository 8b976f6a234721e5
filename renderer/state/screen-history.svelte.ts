import type { Navigation, ScreenName } from './navigation.svelte.js'

/** Back and Forward, of the browser or of a mouse, go from screen to screen, while a component is there. */
export function keepScreenHistory(navigation: Navigation, names: readonly ScreenName[]): void {
  $effect(() => {
    const { screen } = navigation
    // Where one begins is no step of anybody.
    if (!navigation.moved) history.replaceState({ screen }, '')
    else if (screenIn(history.state) !== screen) history.pushState({ screen }, '')
  })
  $effect(() => {
    const popped = ({ state }: PopStateEvent): void => {
      const screen = names.find((name) => name === screenIn(state))
      if (screen !== undefined) navigation.go(screen)
    }
    addEventListener('popstate', popped)
    return () => removeEventListener('popstate', popped)
  })
}

function screenIn(state: unknown): unknown {
  return typeof state === 'object' && state !== null && 'screen' in state ? state.screen : null
}
