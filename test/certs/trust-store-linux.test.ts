import { existsSync, mkdirSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import type { Authority } from '../../main/certs/authority.js'
import { linuxTrustStores, systemLayouts, systemStore, type SystemLayout } from '../../main/certs/trust-store-linux.js'
import { runCommand, type CommandResult, type Run } from '../../main/certs/trust-store.js'
import { trustedRoot } from '../../main/certs/trust-stores.js'
import { authorityFor, openssl, temporaryFolder, written } from './data-folder.js'

/** Debian's own program, on folders of this test. */
function debianIn(folder: string): SystemLayout {
  const [anchors, etc] = [join(folder, 'local'), join(folder, 'certs')]
  for (const each of [anchors, etc]) mkdirSync(each)
  const conf = written(folder, 'ca-certificates.conf', '# none\n')
  const update = [
    'update-ca-certificates',
    '--certsconf',
    conf,
    '--localcertsdir',
    anchors,
    '--etccertsdir',
    etc,
    '--hooksdir',
    join(folder, 'no-hooks')
  ] as const
  return {
    anchors,
    extension: '.crt',
    bundle: join(etc, 'ca-certificates.crt'),
    update: [...update],
    updateAfterRemoval: [...update, '--fresh']
  }
}

describe('the system store of Debian, in folders of its own', () => {
  it('takes an authority into its bundle, and gives it back', async () => {
    const layout = debianIn(temporaryFolder())
    const other = trustedRoot(await authorityFor())
    const store = systemStore(layout, runCommand)
    // A bundle is never empty: Debian's program leaves the old one where no root is left.
    await store.install(other)
    const authority = await authorityFor()
    const root = trustedRoot(authority)
    expect(await store.status(root)).toEqual({ state: 'absent' })
    await store.install(root)
    expect(await store.status(root)).toEqual({ state: 'trusted' })
    expect(openssl('verify', '-CAfile', layout.bundle, authority.certFile).ok).toBe(true)
    await store.install(root)
    expect(readdirSync(layout.anchors)).toHaveLength(2)
    await store.uninstall(root)
    expect(await store.status(root)).toEqual({ state: 'absent' })
    expect(readdirSync(layout.anchors)).toHaveLength(1)
    expect(await store.status(other)).toEqual({ state: 'trusted' })
    await store.uninstall(root)
  })

  it('that this user may not write to: names the commands', async () => {
    const folder = temporaryFolder()
    const layout = { ...debianIn(folder), anchors: written(folder, 'a file', '') }
    written(join(folder, 'certs'), 'ca-certificates.crt', '')
    const root = trustedRoot(await authorityFor())
    await expect(systemStore(layout, runCommand).install(root)).rejects.toMatchObject({
      code: 'trust-store-failed',
      hint: expect.stringMatching(
        /^Run by hand: sudo install -m 644 \S+ca\.pem '.+a file\/switchyard-[0-9a-f]{16}\.crt' && sudo update-ca-certificates/
      ) as string
    })
  })

  it('whose program fails: says what it said', async () => {
    const failing: Run = () => Promise.resolve({ code: 1, stdout: '', stderr: 'rehash: no memory', missing: false })
    const layout = debianIn(temporaryFolder())
    await expect(systemStore(layout, failing).install(trustedRoot(await authorityFor()))).rejects.toMatchObject({
      message: 'The system store was not brought up to date: rehash: no memory'
    })
  })

  it('without a bundle cannot tell', async () => {
    expect(await systemStore(debianIn(temporaryFolder()), runCommand).status(trustedRoot(await authorityFor()))).toMatchObject({
      state: 'unknown'
    })
  })
})

describe('Debian’s keystore for Java', () => {
  const succeeded = { code: 0, stdout: '', stderr: '', missing: false }
  function uninstalling(answer: (args: readonly string[]) => Partial<CommandResult>) {
    const folder = temporaryFolder()
    const layout = {
      ...debianIn(folder),
      update: ['true'] as const,
      updateAfterRemoval: ['true'] as const,
      javaKeystore: written(folder, 'cacerts', '')
    }
    const ran: string[] = []
    const run: Run = (file, args) => {
      if (file === 'keytool') ran.push(args.join(' '))
      return Promise.resolve({ ...succeeded, ...(file === 'keytool' ? answer(args) : {}) })
    }
    return { layout, ran, store: systemStore(layout, run) }
  }

  it('is told of the removal, by the name that its hook gave the root', async () => {
    const { store, ran, layout } = uninstalling(() => ({}))
    const root = trustedRoot(await authorityFor())
    await store.install(root)
    await store.uninstall(root)
    const entry = `-keystore ${layout.javaKeystore} -storepass changeit -alias debian:switchyard-${root.sha256.slice(0, 16).toLowerCase()}.pem`
    expect(ran).toEqual([`-list ${entry}`, `-delete ${entry}`])
    expect(readdirSync(layout.anchors)).toEqual([])
  })
  it('that fails is said, and tried again the next time', async () => {
    const { store, layout } = uninstalling((args) => (args[0] === '-delete' ? { code: 1, stdout: 'denied' } : {}))
    const root = trustedRoot(await authorityFor())
    await store.install(root)
    await expect(store.uninstall(root)).rejects.toMatchObject({
      code: 'trust-store-failed',
      message: "Java's keystore still holds the authority: denied"
    })
    expect(readdirSync(layout.anchors)).toHaveLength(1)
  })
  it.each([[{ code: 1 }], [{ code: null, missing: true }]])('that holds nothing of it is left alone (%j)', async (answer) => {
    const { store, ran, layout } = uninstalling(() => answer)
    const root = trustedRoot(await authorityFor())
    await store.install(root)
    await store.uninstall(root)
    expect(ran).toHaveLength(1)
    expect(readdirSync(layout.anchors)).toEqual([])
  })
})

describe('the real system store', () => {
  const debian = systemLayouts.at(-1) as SystemLayout
  const asItIs = (): unknown => [
    readFileSync(debian.bundle, 'utf8'),
    readdirSync('/etc/ssl/certs').sort(),
    readdirSync(debian.anchors).sort()
  ]

  it(
    'takes an authority from root, for all that read its bundle and folder, and is as before afterwards; from others it takes none',
    { timeout: 120_000 },
    async () => {
      const before = asItIs()
      const authority = await authorityFor()
      if (process.getuid?.() === 0) await installed(authority)
      else
        await expect(systemStore(debian, runCommand).install(trustedRoot(authority))).rejects.toMatchObject({
          hint: expect.stringContaining('sudo install') as string
        })
      expect(asItIs()).toEqual(before)
      if (existsSync(debian.javaKeystore ?? '')) expect((await inJava()).stdout).not.toMatch(/switchyard/i)
    }
  )

  async function installed(authority: Authority): Promise<void> {
    const store = systemStore(debian, runCommand)
    const root = trustedRoot(authority)
    try {
      await store.install(root)
      expect(await store.status(root)).toEqual({ state: 'trusted' })
      expect(openssl('verify', '-CApath', '/etc/ssl/certs', authority.certFile).said).toMatch(/: OK\n$/)
    } finally {
      await store.uninstall(root)
    }
  }
})

async function inJava(): Promise<CommandResult> {
  return await runCommand('keytool', ['-list', '-cacerts', '-storepass', 'changeit'])
}

describe('the stores of a Linux machine', () => {
  it('are the system’s, Chromium’s, and one a Firefox profile that was started, wherever it was installed from', async () => {
    const home = temporaryFolder()
    const profiles = [
      '.mozilla/firefox/abc.default-release',
      'snap/firefox/common/.mozilla/firefox/def.work',
      '.var/app/org.mozilla.firefox/.mozilla/firefox/ghi.home',
      'snap/chromium/current/.pki/nssdb'
    ]
    for (const profile of profiles) {
      mkdirSync(join(home, profile), { recursive: true })
      written(join(home, profile), 'cert9.db', '')
    }
    mkdirSync(join(home, '.mozilla/firefox/never.started'))
    const stores = await linuxTrustStores(home, runCommand)
    expect(stores.filter(({ id }) => id !== 'system').map(({ label }) => label)).toEqual(
      ['Chrome, Chromium', 'Chromium (snap)', 'Firefox, default-release', 'Firefox, work', 'Firefox, home'].sort(
        (a, b) => order(a) - order(b)
      )
    )
    expect(new Set(stores.map(({ id }) => id)).size).toBe(stores.length)
  })
})

/** As the folders sort. */
function order(label: string): number {
  return ['Chrome, Chromium', 'Chromium (snap)', 'Firefox, default-release', 'Firefox, home', 'Firefox, work'].indexOf(label)
}
