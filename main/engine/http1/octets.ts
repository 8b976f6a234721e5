/** Classes of octets, as tables: 1 where an octet belongs to the class. Sources: RFC 9110 §5.5 and §5.6.2, RFC 9112 §3.2. */
export type OctetClass = Uint8Array

export const tab = 9
export const lf = 10
export const cr = 13
export const space = 32
export const colon = 58

function classOf(belongs: (octet: number) => boolean): OctetClass {
  return Uint8Array.from({ length: 256 }, (_, octet) => (belongs(octet) ? 1 : 0))
}

const tokenCharacters = new Set(Buffer.from("!#$%&'*+-.^_`|~0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"))

/** `tchar`: methods and field names. */
export const token = classOf((octet) => tokenCharacters.has(octet))

/** What nginx takes for a field name. */
export const looseName = classOf((octet) => octet > space && octet !== colon && octet !== 127)

/** What can stand in a request target: anything that is neither a control nor a space. Real servers take obs-text here. */
export const targetOctet = classOf((octet) => octet > space && octet !== 127)

/** Controls but HTAB. None of them can stand in a line; CR and LF end it. */
export const control = classOf((octet) => (octet < space && octet !== tab) || octet === 127)

/** Whether an octet is optional whitespace (`OWS`). */
export function isBlank(octet: number | undefined): boolean {
  return octet === space || octet === tab
}
