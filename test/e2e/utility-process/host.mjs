import { Worker } from 'node:worker_threads'

const thread = new Worker(new URL('./thread.mjs', import.meta.url))
thread.on('message', (message) => process.parentPort.postMessage({ ...message, host: process.type }))
thread.on('error', (error) => {
  console.error(error)
  process.exit(2)
})
