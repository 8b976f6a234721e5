import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { openBlackHole } from './black-hole.js'
import { backendCertificates, render, type Case } from './case.js'
import { makeDocroot } from './docroot.js'
import { pause } from './loopback.js'
import { makeNormaliser } from './normalise.js'
import { makeCertificates } from './pki.js'
import { playProbe, type ClientNote } from './prober.js'
import type { Probe } from './probe.js'
import { startProxy, type ProxyKind, type RunningProxy } from './proxies.js'
import { Recorder, type Upstream } from './recorder.js'

/** What a client and the backends saw of each probe of a case. */
export interface Observation {
  case: string
  /** False when the proxy refused the config. */
  started: boolean
  probes: ProbeNote[]
}

export interface ProbeNote {
  name: string
  client: ClientNote
  upstream: Upstream
}

/** A folder with the certificates and files that all cases share; many cases may be observed in it at once. */
export class Workshop {
  readonly #root = mkdtempSync(join(tmpdir(), 'switchyard-oracle-'))
  readonly #pki = join(this.#root, 'pki')
  readonly #docroot = join(this.#root, 'docroot')
  #count = 0

  constructor() {
    chmodSync(this.#root, 0o755) // httpd's children run as another user
    makeCertificates(this.#pki)
    makeDocroot(this.#docroot)
  }

  close(): void {
    rmSync(this.#root, { recursive: true, force: true })
  }

  /** Starts a proxy on a case, plays its probes, and notes what came of them. `onLog` gets the log of one that did not start as expected. */
  async observe(one: Case, kind: ProxyKind, options: { anyServer?: boolean; onLog?: (log: string) => void } = {}): Promise<Observation> {
    const work = join(this.#root, `case-${++this.#count}`)
    const rendered = await render(one, join(work, 'conf'), this.#words())
    const recorders = await this.#startRecorders(rendered.ports)
    const endBlackHole = rendered.ports['BLACKHOLE'] ? await openBlackHole(rendered.ports['BLACKHOLE']) : () => {}
    const normalise = makeNormaliser({ ports: rendered.ports, folders: this.#folders(work), anyServer: options.anyServer ?? false })
    mkdirSync(join(work, 'run'), { recursive: true })
    let proxy: RunningProxy | null = null
    try {
      proxy = await startProxy(kind(one, rendered, work), rendered.listens, work)
      if (proxy.started === one.expectRefused) options.onLog?.(proxy.log())
      const probes = proxy.started ? await playAll(rendered.probes, one.probes, rendered.ports, recorders) : []
      return normalise({ case: one.id, started: proxy.started, probes })
    } finally {
      await proxy?.stop()
      for (const recorder of recorders) recorder.close()
      endBlackHole()
    }
  }

  #words(): Record<string, string> {
    const pki = (name: string) => join(this.#pki, name)
    const pairs = { CERT: pki('www.crt'), KEY: pki('www.key'), CERT2: pki('second.crt'), KEY2: pki('second.key') }
    return { DOCROOT: this.#docroot, ...pairs, CA: pki('ca.crt'), OTHERCA: pki('otherca.crt') }
  }

  #folders(work: string): [string, string][] {
    return [
      [this.#docroot, '<DOCROOT>'],
      [join(work, 'conf'), '<CONFDIR>'],
      [work, '<WORK>'],
      [this.#pki, '<PKI>']
    ]
  }

  async #startRecorders(ports: Readonly<Record<string, number>>): Promise<Recorder[]> {
    const recorders: Recorder[] = []
    for (const [name, certificate] of Object.entries(backendCertificates)) {
      const port = ports[name]
      if (port === undefined) continue
      const recorder = new Recorder(name, certificate ? this.#keyPair(certificate) : null)
      await recorder.listen(port)
      recorders.push(recorder)
    }
    return recorders
  }

  #keyPair(name: string): { key: Buffer; cert: Buffer } {
    return { key: readFileSync(join(this.#pki, `${name}.key`)), cert: readFileSync(join(this.#pki, `${name}.crt`)) }
  }
}

async function playAll(
  probes: readonly Probe[],
  asWritten: readonly Probe[],
  ports: Readonly<Record<string, number>>,
  recorders: readonly Recorder[]
): Promise<ProbeNote[]> {
  const notes: ProbeNote[] = []
  await pause(60)
  takeUpstream(recorders)
  for (const [i, probe] of probes.entries()) {
    // The name as written: it is what two observations of different ports are matched by.
    notes.push({ name: asWritten[i]?.name ?? probe.name, ...(await play(probe, ports, recorders)) })
    if (probe.pauseMs) await pause(probe.pauseMs)
  }
  return notes
}

/** One probe; then the backends are let come to rest, first with the client there, then without it. */
async function play(
  probe: Probe,
  ports: Readonly<Record<string, number>>,
  recorders: readonly Recorder[]
): Promise<{ client: ClientNote; upstream: Upstream }> {
  const probed = await playProbe(probe, ports)
  await pause(40)
  for (const recorder of recorders) recorder.clientIsLeaving()
  probed.leave()
  const limit = Date.now() + (probe.settleMs ?? 700)
  await pause(60)
  while (Date.now() < limit && recorders.some((recorder) => recorder.isPending())) await pause(20)
  return { client: probed.note, upstream: takeUpstream(recorders) }
}

function takeUpstream(recorders: readonly Recorder[]): Upstream {
  const all = recorders.map((recorder) => recorder.take())
  const inOrder = all.flatMap((one) => one.requests).sort((a, b) => (a.seq ?? 0) - (b.seq ?? 0))
  const sum = (of: (one: Upstream) => number) => all.reduce((total, one) => total + of(one), 0)
  const requests = inOrder.map(({ seq: _seq, ...request }) => request)
  return { requests, connections: sum((one) => one.connections), tlsFailures: sum((one) => one.tlsFailures) }
}
