import { expect, it } from 'vitest'
import { parseOrigin, type Origin } from '../../../../main/dialects/apache/proxy/origin.js'
import type { WorkerParameters } from '../../../../main/dialects/apache/proxy/parameters.js'
import { defineWorker, type Worker } from '../../../../main/dialects/apache/proxy/worker.js'
import { Workers, lookedThrough } from '../../../../main/dialects/apache/proxy/workers.js'
import { load } from '../desk.js'

const settings = { reuse: null } as WorkerParameters

function worker(url: string, ofPattern: boolean, id: number): Worker {
  return defineWorker(parseOrigin(url) as Origin, settings, ofPattern, id)
}

/** The same numbers every time, so that what fails can be seen again. */
function numbers(seed: number): (below: number) => number {
  let state = seed
  return (below) => {
    state = (Math.imul(state, 1_103_515_245) + 12_345) & 0x7fffffff
    return Math.floor((state / 0x80000000) * below)
  }
}

it('of many finds what looking through them finds: prefixes and patterns, of a request and of a config line', () => {
  const number = numbers(7)
  const parts = ['', '/', '/a', '/ab', '/a/', '/a/b', '/b', '/b/$1', '/$1', '/a$1', '$1', '/a/$2/b', '/a/b/c/d']
  const url = (): string =>
    `http://h${number(3)}${number(4) === 0 ? ':81' : ''}${parts[number(parts.length)]}${parts[number(parts.length)]}`
  const found = { prefixes: 0, patterns: 0 }
  for (let round = 0; round < 40; round++) {
    const list = Array.from({ length: 17 + number(40) }, (_, id) => worker(url(), number(2) === 0, id))
    const workers = new Workers(list.slice(0, 17))
    expect(workers.find('http://h1/')).toBe(lookedThrough(list.slice(0, 17), 'http://h1/'))
    for (const each of list.slice(17)) workers.add(each)
    for (let asked = 0; asked < 100; asked++) {
      const to = url()
      for (const pattern of [undefined, true, false]) {
        const expected = lookedThrough(list, to, pattern)
        expect(workers.find(to, pattern)).toBe(expected)
        if (expected !== null) found[expected.like === null ? 'prefixes' : 'patterns']++
      }
    }
  }
  expect(Math.min(found.prefixes, found.patterns)).toBeGreaterThan(500)
})

it.each([
  ['ProxyPass', (at: number) => `ProxyPass /app${at}/ http://127.0.0.1:3000/app${at}/`],
  ['ProxyPassMatch', (at: number) => `ProxyPassMatch ^/app${at}/(.*) http://127.0.0.1:3000/app${at}/$1`]
])('20,000 lines of %s load in less than two seconds of CPU', (_name, line) => {
  const text = `ServerName localhost\nListen 8080\n${Array.from({ length: 20_000 }, (_, at) => line(at)).join('\n')}\n`
  const began = process.cpuUsage()
  const { site } = load(text)
  const { user, system } = process.cpuUsage(began)
  expect(site).not.toBeNull()
  expect((user + system) / 1e6).toBeLessThan(2)
})
