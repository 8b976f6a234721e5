/**
 * Tells of what nobody caught: whatever draws the page may stand still after it. It is made without that, and once; what is served
 * goes on, and a reload shows it.
 */
export function tellFaults(): void {
  // Neither a picture that did not load nor a note of the layout has an error with it.
  addEventListener('error', ({ error }) => tell(error))
  addEventListener('unhandledrejection', ({ reason }) => tell(reason))
}

function tell(thrown: unknown): void {
  if (!(thrown instanceof Error) || document.querySelector('.page-fault') !== null) return
  const box = element('div', '')
  box.className = 'page-fault selectable'
  box.role = 'alert'
  const title = element('p', 'This window met a fault, and may stand still.')
  title.className = 'title'
  const said = element('p', thrown.message)
  said.className = 'mono'
  const buttons = element('p', '')
  buttons.append(
    button('Reload', () => location.reload()),
    button('Go on', () => box.remove())
  )
  box.append(title, said, element('p', 'What is served goes on, and nothing that was captured is lost: a reload shows it again.'), buttons)
  document.body.append(box)
}

function element(name: 'div' | 'p', text: string): HTMLElement {
  const made = document.createElement(name)
  made.textContent = text
  return made
}
function button(title: string, run: () => void): HTMLElement {
  const made = document.createElement('button')
  made.type = 'button'
  made.textContent = title
  made.addEventListener('click', run)
  return made
}
