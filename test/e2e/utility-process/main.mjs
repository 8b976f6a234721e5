// The way Switchyard's engine lives in the app: a thread inside a utility process. Prints what the thread says, and ends.
import { app, utilityProcess } from 'electron'
import { join } from 'node:path'

app.disableHardwareAcceleration()
app.whenReady().then(() => {
  const child = utilityProcess.fork(join(import.meta.dirname, 'host.mjs'))
  child.on('message', (message) => {
    console.log(JSON.stringify(message))
    app.exit(0)
  })
  child.on('exit', (code) => app.exit(code === 0 ? 1 : code))
})
