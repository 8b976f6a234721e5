import { icons } from '../../components/icons.js'
import type { Severity } from './findings.js'

/** Each has a shape of its own: colour never speaks alone. */
export const severityIcons = { error: 'error', warning: 'warning', info: 'info' } as const satisfies Record<Severity, keyof typeof icons>
export const severityWords = { error: 'Error', warning: 'Warning', info: 'Note' } as const satisfies Record<Severity, string>

const namespace = 'http://www.w3.org/2000/svg'

/** The icon of a severity where no component can be: in the editor's own lines and gutters. */
export function drawSeverity(severity: Severity): SVGSVGElement {
  const [box, strokes] = icons[severityIcons[severity]]
  const svg = document.createElementNS(namespace, 'svg')
  svg.setAttribute('viewBox', `0 0 ${box} ${box}`)
  svg.setAttribute('class', `cm-finding-icon ${severity}`)
  svg.setAttribute('aria-hidden', 'true')
  const path = document.createElementNS(namespace, 'path')
  path.setAttribute('d', strokes)
  svg.append(path)
  return svg
}
