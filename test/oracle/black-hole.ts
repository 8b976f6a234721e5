import { spawn } from 'node:child_process'
import { once } from 'node:events'

/** A listener that never accepts, its backlog full already: what connects after that gets no answer at all. */
const program = `
import socket, sys, time
port = int(sys.argv[1])
listener = socket.socket()
listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
listener.bind(("127.0.0.1", port))
listener.listen(0)
waiting = []
for i in range(8):
    one = socket.socket()
    one.setblocking(False)
    try:
        one.connect(("127.0.0.1", port))
    except BlockingIOError:
        pass
    waiting.append(one)
print("ready", flush=True)
time.sleep(120)
`

/** In Python, since Node accepts by itself whatever comes. Answers the function that ends it. */
export async function openBlackHole(port: number): Promise<() => void> {
  const child = spawn('python3', ['-c', program, String(port)], { stdio: ['ignore', 'pipe', 'inherit'] })
  await once(child.stdout, 'data')
  return () => child.kill('SIGKILL')
}
