// What a page of ours does to reach the contract, as short as it can be: `contract` is what the tests call.
const nonce = crypto.randomUUID()
const open = new Map()
let port = null
let last = 0

const contract = { ports: 0, strangers: 0, events: [], health: [], commands: [], ask, eventually, connected: null }
const connected = Promise.withResolvers()
contract.connected = connected.promise
window.contract = contract

addEventListener('message', (event) => {
  if ('command' in event.data) return void (contract.commands.push(event.data), look())
  if (event.source !== window || event.data?.switchyard !== 'port' || event.data.nonce !== nonce) return void contract.strangers++
  port = event.ports[0]
  port.onmessage = ({ data }) => {
    if ('event' in data) contract.events.push(data)
    else open.get(data.id)?.(data)
    look()
  }
  void ask('hello', { version: window.contractVersion }).then(() => {
    contract.ports++
    connected.resolve()
    look()
  })
})

function ask(request, params) {
  const id = ++last
  port.postMessage({ id, request, params })
  return new Promise((resolve, reject) => {
    open.set(id, (message) => (message.ok ? resolve(message.reply) : reject(new Error(`${message.error.code}: ${message.error.message}`))))
  })
}

/** Resolves when `fits()` holds; looked at with each message that comes. */
const waiting = new Set()
function look() {
  for (const each of waiting) each()
}
function eventually(fits) {
  return new Promise((resolve) => {
    const each = () => {
      if (!fits()) return
      waiting.delete(each)
      resolve()
    }
    waiting.add(each)
    each()
  })
}

window.switchyardApp.onEngine((health) => {
  contract.health.push(health)
  look()
})
window.start = (version) => {
  window.contractVersion = version
  window.switchyardApp.connect(nonce)
  return contract.connected
}
document.querySelector('#copy').onclick = () => navigator.clipboard.writeText('copied').then(() => (document.title = 'copied'))
