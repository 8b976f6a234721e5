import { expect, test } from 'vitest'
import { exchangeMatches, readsOf } from '../../../main/capture/reader/exchange-match.js'
import { filterFields, parseFilter, type Filter } from '../../../main/capture/reader/filter.js'
import { type ExchangeRow, emptyExchange } from '../../../main/capture/store/exchange-row.js'

/** A word for each field, and one without any. */
const words = [
  ...['host:a', 'path:/x', 'method:get', 'state:failed', 'state:open', 'from:client', 'text:x', 'proto:ws', 'level:error', 'source:server'],
  ...[
    'code:origin',
    'route:38',
    'route:site.conf:38',
    'status:4xx',
    'close:1006',
    'opcode:text',
    'len:>4k',
    'since:5m',
    'dur:<1s',
    'hex:00',
    'x'
  ]
]
/** Rows that lead down the ways there are: plain, refused, a tunnel that is open, one that is over in each way. */
const rows: readonly Partial<ExchangeRow>[] = [
  { status: 200, state: 'closed', ended: 'complete' },
  { status: 404, state: 'closed', ended: 'complete' },
  { handshake: 1, status: 502, state: 'closed' },
  { handshake: 1, websocket: 1, tunnelAtUs: 5, status: 101 },
  { handshake: 1, websocket: 1, tunnelAtUs: 5, status: 101, state: 'closed', closeClient: 1000 },
  { handshake: 1, websocket: 1, tunnelAtUs: 5, status: 101, state: 'closed', closeClient: 1000, closeServer: 1011 },
  { handshake: 1, websocket: 1, tunnelAtUs: 5, status: 101, state: 'closed', ended: 'stopped', endedBy: 'stopped' },
  { handshake: 1, websocket: 1, tunnelAtUs: 5, status: 101, state: 'closed', ended: 'complete', endedBy: 'stopped' },
  { routeFile: 'site.conf', routeLine: 38, bytesClient: 5000, bytesServer: 1, opcodes: 6, endedAtUs: 9 },
  { state: 'lost', ended: 'lost' },
  { state: 'failed', cause: 'originRefused' }
]

function filterOf(text: string): Filter {
  const parsed = parseFilter(text, 1e15)
  if ('fault' in parsed) throw new Error(parsed.fault.message)
  return parsed.filter
}

test('every field has a word here', () => {
  const fields = words.map((word) => filterOf(word)[0]?.field ?? '')
  expect(new Set(fields)).toEqual(new Set([...filterFields, 'shown']))
})

test.each(words)('%s looks at no more of a row than it says', (word) => {
  const filter = filterOf(word)
  const said = new Set<string>(readsOf(filter))
  for (const row of rows) {
    const looked = new Set<string>()
    const watched = new Proxy(
      { ...emptyExchange(1, 1, 1, 1), ...row },
      {
        get: (target, name) => {
          looked.add(String(name))
          return target[name as keyof ExchangeRow]
        }
      }
    )
    exchangeMatches(filter, watched, 1e15)
    expect([...looked].filter((name) => !said.has(name))).toEqual([])
  }
})
