import { describe, expect, it } from 'vitest'
import type { TraceLine } from '../../../shared/trace.js'
import { examplesOf } from '../../../renderer/views/route/examples.js'
import { brokenFrom, explainedOutcome, seenOutcome, withoutWords } from '../../../renderer/views/route/outcome.js'
import { ended, http } from '../traffic/rows.js'
import { missedOf, reasonOf, titleOf, trackOf } from '../../../renderer/views/route/track.js'

function line(at: number, directive: string, verdict: TraceLine['verdict'] = 'applied', says = 'It did.'): TraceLine {
  return { verdict, directive, says, span: at === 0 ? null : { file: '/a', line: at, column: 1, endLine: at, endColumn: 9 } }
}

const trace = [
  line(1, '<VirtualHost *:443>'),
  line(9, 'ProxyPass / http://a/'),
  line(3, 'RequestHeader set A b'),
  line(4, 'RequestHeader unset C'),
  line(8, 'ProxyPass /x http://b/', 'missed', '/ does not begin with /x.'),
  line(5, 'SetEnvIf Host x y', 'missed', 'Its pattern does not fit this request.'),
  line(0, 'no Listen', 'note')
]

describe('the track of a trace', () => {
  it('has a station for each run of lines of one kind, in the order they acted, and notes at its end', () => {
    expect(trackOf(trace).map(({ station }) => [station.kind, station.title, station.lines.length])).toEqual([
      ['station', 'Virtual host', 1],
      ['station', 'mod_proxy', 1],
      ['station', 'Fields to the backend', 2],
      ['note', 'No Listen', 1]
    ])
  })
  it('has lines that did not apply as sidings: by their kind, else by their place', () => {
    expect(trackOf(trace).map(({ sidings }) => sidings.map(({ lines }) => lines[0]?.span?.line))).toEqual([[], [8], [5], []])
  })
  it('names directives by what they do', () => {
    expect(['ProxyPassReverse / http://a/', 'default of mod_proxy', 'Frobnicate on', '"match": "/ws/"'].map(titleOf)).toEqual([
      'Answer mapped back',
      'mod_proxy',
      'Frobnicate',
      'Route'
    ])
  })
  it('says in a word why a line did not apply', () => {
    expect(trace.slice(4, 6).map(reasonOf)).toEqual(['prefix', 'pattern'])
  })
})

describe('lines that were left out', () => {
  const leftOut = (at: number): TraceLine => line(at, 'RewriteRule ^ /', 'leftOut', `Line ${at} was left out.`)

  it('leave the track behind the section that they stand in, and are the first of the others', () => {
    const lines = [...trace, leftOut(2), leftOut(7)]
    expect(trackOf(lines).map(({ station }) => [station.kind, station.lines[0]?.span?.line])).toEqual([
      ['station', 1],
      ['siding', 2],
      ['siding', 7],
      ['station', 9],
      ['station', 3],
      ['note', undefined]
    ])
    expect(trackOf(lines).map(({ sidings }) => sidings.map((each) => each.lines[0]?.span?.line))).toEqual([[], [], [], [8], [5], []])
    expect(missedOf(lines).map((each) => [each.span?.line, reasonOf(each)])).toEqual([
      [2, 'left out'],
      [7, 'left out'],
      [8, 'prefix'],
      [5, 'pattern']
    ])
  })
  it('are named at the end, which is without them', () => {
    expect(withoutWords(trace)).toBe('')
    expect(withoutWords([leftOut(2)])).toBe('This is without line 2, which was left out: production may come to another end.')
    expect(withoutWords([2, 7, 9].map(leftOut))).toBe(
      'This is without lines 2, 7 and 9, which were left out: production may come to another end.'
    )
    expect(withoutWords([1, 2, 3, 4, 5, 6, 7, 8].map(leftOut))).toContain('lines 1, 2, 3, 4, 5, 6 and 2 more,')
  })
})

describe('the end of the track', () => {
  const answered = { to: 'client' as const, startLine: 'HTTP/1.1 503 Service Unavailable', fields: [] }

  it('is bad where an upgrade is lost, or an error is answered', () => {
    expect(explainedOutcome({ outcome: 'sent to http://a/ as plain HTTP, without its upgrade', head: null }, true).tone).toBe('bad')
    expect(explainedOutcome({ outcome: 'sent to ws://a/ as an upgrade', head: null }, true).tone).toBe('ok')
    expect(explainedOutcome({ outcome: 'answered here with 503 Service Unavailable', head: answered }, false).tone).toBe('bad')
    expect(explainedOutcome({ outcome: 'the connection is closed without an answer', head: null }, false).tone).toBe('bad')
  })
  it('is as bad as the exchange is in its list: a handshake that got no 101 has no good answer', () => {
    expect(seenOutcome(http())).toEqual({ tone: 'ok', title: 'Answered 200', more: 'Complete' })
    expect(seenOutcome(http({ handshake: 1 }))).toEqual({
      tone: 'bad',
      title: 'Answered 200',
      more: 'The client asked for a WebSocket, and did not get one. Complete'
    })
    expect(seenOutcome(http({ status: 504, cause: 'headTimedOut' }))).toEqual({
      tone: 'bad',
      title: 'Answered 504',
      more: 'Complete; No answer in time from 127.0.0.1:3000 (headTimedOut)'
    })
    expect(seenOutcome(http({ status: 0, ended: 'clientGone' }))).toMatchObject({ tone: 'bad', title: 'No answer' })
    expect(seenOutcome(http({ status: 0, state: 'open', ended: '' })).tone).toBe('ok')
    expect(seenOutcome(ended(1, { closeClient: 1000, closeServer: 1000 })).tone).toBe('ok')
    const gaveUp = seenOutcome(ended(1, { closeServer: 1011 }))
    expect(gaveUp.tone).toBe('bad')
    expect(brokenFrom(trackOf(trace), gaveUp)).toBe(trackOf(trace).length)
  })
  it('is red from the station that sent it there', () => {
    const parts = trackOf(trace)
    const bad = explainedOutcome({ outcome: 'answered here with 503 Service Unavailable', head: answered }, false)
    expect(brokenFrom(parts, bad)).toBe(1)
    expect(brokenFrom(parts, { ...bad, tone: 'ok' })).toBeNull()
    expect(brokenFrom(parts.slice(0, 1), bad)).toBe(1)
  })
})

describe('examples', () => {
  const listener = (tls: boolean, port: number) => ({
    url: '',
    address: '127.0.0.1',
    port: port + 8000,
    tls,
    production: { address: '*', port },
    exposed: false
  })
  it('are one a listener by its name in production, and a WebSocket', () => {
    expect(examplesOf([listener(false, 80), listener(true, 8443)], ['*.x', 'app.example.com']).map(({ url }) => url)).toEqual([
      'http://app.example.com/',
      'https://app.example.com:8443/',
      'wss://app.example.com:8443/'
    ])
  })
})
