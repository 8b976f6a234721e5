// Runs a command of Switchyard's inside a utility process, where the app has its engine: SERVE holds the path and the words, as JSON.
// What it prints is passed on. When stdin ends it is told to stop by SIGTERM, and how it ended is the last line.
import { app, utilityProcess } from 'electron'

const [path, ...words] = JSON.parse(process.env.SERVE)

app.disableHardwareAcceleration()
app.whenReady().then(() => {
  const child = utilityProcess.fork(path, words, { stdio: 'pipe', serviceName: 'switchyard' })
  child.stdout.pipe(process.stdout)
  child.stderr.pipe(process.stderr)
  child.on('exit', (code) => {
    process.stdout.write(`ended ${code}\n`, () => app.exit(0))
  })
  process.stdin.on('end', () => child.kill())
  process.stdin.resume()
})
