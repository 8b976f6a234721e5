import { createServer } from 'node:https'
import type { AddressInfo } from 'node:net'
import { createSecureContext } from 'node:tls'
import { onTestFinished } from 'vitest'
import { WebSocketServer } from 'ws'
import type { CertificateRef } from '../../shared/site.js'
import type { Issuer } from '../../main/certs/issuer.js'

/** An HTTPS and WebSocket echo on loopback (`address`), whose certificates an issuer picks by SNI. Its port. */
export async function serveWith(issuer: Issuer, ref: CertificateRef, address: string): Promise<number> {
  const withoutSni = await issuer.pair(ref, null)
  const server = createServer(
    {
      cert: withoutSni.certificate,
      key: withoutSni.key,
      SNICallback: (name, done) => {
        issuer.pair(ref, name).then(({ certificate, key }) => done(null, createSecureContext({ cert: certificate, key })), done)
      }
    },
    (_, response) => response.setHeader('content-type', 'text/html').end('<title>served</title>it works\n')
  )
  const sockets = new WebSocketServer({ server })
  sockets.on('connection', (socket) => socket.on('message', (data, isBinary) => socket.send(data, { binary: isBinary })))
  await new Promise<void>((resolve) => server.listen(0, address, resolve))
  onTestFinished(async () => {
    for (const client of sockets.clients) client.terminate()
    server.closeAllConnections()
    await new Promise((resolve) => server.close(resolve))
  })
  return (server.address() as AddressInfo).port
}
