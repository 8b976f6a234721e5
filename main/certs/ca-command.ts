import { SwitchyardError, asSwitchyardError, type PlainError } from '../../shared/errors.js'
import type { Authorities } from './authorities.js'
import type { Authority } from './authority.js'
import { writeAuthoritiesFile, writeBundle } from './bundle.js'
import { IssuedFolder, type IssuedFacts } from './issued-folder.js'
import { rangeText } from './permitted.js'
import { trustedRoot, trustStores, type TrustStoresOptions } from './trust-stores.js'
import type { TrustStatus, TrustStore } from './trust-store.js'

/** What `switchyard ca` and the Certificates screen work on. */
export interface CaContext {
  readonly authorities: Authorities
  readonly stores?: TrustStoresOptions
}
/** One authority, for people: plain data. Times are ISO 8601. */
export interface AuthorityFacts {
  readonly name: string
  readonly certFile: string
  /** `localhost`, `app.example.com`: each with everything below it. */
  readonly names: readonly string[]
  /** `127.0.0.0/8`, `::1`. */
  readonly addresses: readonly string[]
  readonly notBefore: string
  readonly notAfter: string
  readonly fingerprint256: string
  readonly trust: readonly (StoreFacts & TrustStatus)[]
}
export interface StoreFacts {
  readonly store: string
  readonly label: string
  readonly usedBy: string
}
export interface CaStatus {
  readonly authorities: readonly AuthorityFacts[]
  /** Folders that hold no usable authority, and why. */
  readonly broken: readonly (PlainError & { readonly name: string })[]
}
/** What came of installing or uninstalling one authority in one store. */
export type StoreOutcome = StoreFacts & { readonly authority: string } & (
    { readonly outcome: 'done' | 'already' } | { readonly outcome: 'failed'; readonly message: string; readonly hint: string | null }
  )
/** All authorities and who trusts them. Makes nothing. */
export async function caStatus(context: CaContext): Promise<CaStatus> {
  const stores = await trustStores(context.stores)
  const found = await context.authorities.list()
  const whole = found.flatMap((each) => ('authority' in each ? [each.authority] : []))
  return {
    authorities: await Promise.all(whole.map((authority) => factsOf(authority, stores))),
    broken: found.flatMap((each) => ('broken' in each ? [{ name: each.name, ...each.broken.toPlain() }] : []))
  }
}

/** Has every authority trusted in every store (or the ones named by id); makes the first authority where there is none. */
export async function caInstall(context: CaContext, only?: readonly string[]): Promise<StoreOutcome[]> {
  await context.authorities.first()
  return await inEveryStore(context, only, 'trusted', (store, authority) => store.install(trustedRoot(authority)))
}

/** Has no store trust any of them any more. Their files stay. */
export async function caUninstall(context: CaContext, only?: readonly string[]): Promise<StoreOutcome[]> {
  return await inEveryStore(context, only, 'absent', (store, authority) => store.uninstall(trustedRoot(authority)))
}

/**
 * Has one store trust one authority, or no longer.
 * @throws SwitchyardError `request-invalid` for one that is not there, `trust-store-failed`, its hint the command to run by hand
 */
export async function caTrust(context: CaContext, name: string, storeId: string, trusted: boolean): Promise<'done' | 'already'> {
  const store = (await trustStores(context.stores)).find(({ id }) => id === storeId)
  if (store === undefined) throw new SwitchyardError('request-invalid', `This machine has no trust store ${storeId}.`)
  const found = (await context.authorities.list()).find((each) => each.name === name)
  if (found === undefined) throw new SwitchyardError('request-invalid', `There is no authority ${name}.`)
  if (!('authority' in found)) throw found.broken
  const root = trustedRoot(found.authority)
  const { state } = await store.status(root)
  await (trusted ? store.install(root) : store.uninstall(root))
  return state === (trusted ? 'trusted' : 'absent') ? 'already' : 'done'
}

/** Path of one file with all local authorities; with `bundle`, after the system's roots. Written anew each time. */
export async function caPath(context: CaContext, options: { readonly bundle: boolean }): Promise<string> {
  await context.authorities.first()
  return options.bundle ? await writeBundle(context.authorities) : await writeAuthoritiesFile(context.authorities)
}

/** The end entities issued to clients by SNI that are kept, the one that ends first first. */
export async function caIssued(context: CaContext): Promise<IssuedFacts[]> {
  return await new IssuedFolder(context.authorities.dataDir).list()
}

/** The variables that point a terminal's programs to the local authorities. */
export async function caEnvironment(context: CaContext): Promise<Record<string, string>> {
  const bundle = await caPath(context, { bundle: true })
  const alone = await caPath(context, { bundle: false })
  return { NODE_EXTRA_CA_CERTS: alone, SSL_CERT_FILE: bundle, REQUESTS_CA_BUNDLE: bundle, CURL_CA_BUNDLE: bundle }
}

async function factsOf(authority: Authority, stores: readonly TrustStore[]): Promise<AuthorityFacts> {
  const root = trustedRoot(authority)
  return {
    name: authority.name,
    certFile: authority.certFile,
    names: authority.permitted.names,
    addresses: authority.permitted.ranges.map(rangeText),
    notBefore: authority.notBefore.toISOString(),
    notAfter: authority.notAfter.toISOString(),
    fingerprint256: authority.fingerprint256,
    trust: await Promise.all(stores.map(async (store) => ({ ...storeFacts(store), ...(await store.status(root)) })))
  }
}

/** One after the other: they may ask a person, and two programs on one database fail. */
async function inEveryStore(
  context: CaContext,
  only: readonly string[] | undefined,
  goal: TrustStatus['state'],
  act: (store: TrustStore, authority: Authority) => Promise<void>
): Promise<StoreOutcome[]> {
  const stores = (await trustStores(context.stores)).filter((store) => only === undefined || only.includes(store.id))
  const outcomes: StoreOutcome[] = []
  for (const found of await context.authorities.list()) {
    if (!('authority' in found)) continue
    for (const store of stores) outcomes.push(await inStore(store, found.authority, goal, act))
  }
  return outcomes
}

async function inStore(
  store: TrustStore,
  authority: Authority,
  goal: TrustStatus['state'],
  act: (store: TrustStore, authority: Authority) => Promise<void>
): Promise<StoreOutcome> {
  const facts = { ...storeFacts(store), authority: authority.name }
  try {
    const before = await store.status(trustedRoot(authority))
    await act(store, authority)
    return { ...facts, outcome: before.state === goal ? 'already' : 'done' }
  } catch (thrown) {
    const { message, hint } = asSwitchyardError(thrown)
    return { ...facts, outcome: 'failed', message, hint: hint ?? null }
  }
}

function storeFacts(store: TrustStore): StoreFacts {
  return { store: store.id, label: store.label, usedBy: store.usedBy }
}
