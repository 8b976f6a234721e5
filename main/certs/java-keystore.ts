import { access } from 'node:fs/promises'
import { commandLine, runOrThrow, type Run } from './trust-store.js'

/** The password of a keystore of public roots: the same everywhere, since nothing in it is secret (keytool(1)). */
const storePassword = 'changeit'

/**
 * Takes a root out of Debian's keystore for Java. The system store's hook puts every new root in there, under
 * `debian:FILE.pem`, but is told of no removal of a local one, so that Java would go on trusting it.
 * @throws SwitchyardError `trust-store-failed` where it is in there and stays
 */
export async function dropFromJava(keystore: string, file: string, run: Run): Promise<void> {
  if (!(await exists(keystore))) return
  const entry = ['-keystore', keystore, '-storepass', storePassword, '-alias', `debian:${file}`.toLowerCase()]
  const listed = await run('keytool', ['-list', ...entry])
  // Without a keytool there is no Java to trust anything.
  if (listed.missing || listed.code !== 0) return
  const drop = ['-delete', ...entry]
  await runOrThrow(run, "Java's keystore still holds the authority", 'keytool', drop, `sudo ${commandLine('keytool', drop)}`)
}

async function exists(path: string): Promise<boolean> {
  return await access(path).then(
    () => true,
    () => false
  )
}
