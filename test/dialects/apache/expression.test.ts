import { expect, test } from 'vitest'
import { compileCondition, holdsFor } from '../../../main/dialects/apache/expr/expression.js'
import { get, linesOf, load, sent, siteOf, start } from './desk.js'

/** What a condition says of `GET /ok/page?debug=1` by curl with an upgrade: seen from the field it sets. */
function says(condition: string): boolean {
  const site = siteOf(
    `Listen 80\nSetEnvIf User-Agent curl tool=curl\nRequestHeader set X-Says yes "expr=${condition}"\nProxyPass / http://127.0.0.1:3000/\n`
  )
  const { step } = start(site, get('/ok/page?debug=1', 'User-Agent: curl/8', 'Upgrade: WebSocket'))
  return linesOf(sent(step).head.fields).includes('X-Says: yes')
}

test.each([
  ['true', true],
  ['! true', false],
  ['false || true && false', false],
  ['(false || true) && true', true],
  ["%{HTTP:Upgrade} == 'WebSocket'", true],
  ["tolower(%{HTTP:Upgrade}) == 'websocket'", true],
  ['%{HTTP:Upgrade} =~ /^websocket$/i', true],
  ['%{HTTP:Upgrade} !~ /^websocket$/', true],
  ['%{REQUEST_URI} =~ m#^/ok/#', true],
  ["%{REQUEST_METHOD} in {'DELETE', 'GET'}", true],
  ["%{QUERY_STRING} -strmatch 'debug=*'", true],
  ["%{HTTP_USER_AGENT} -strcmatch 'CURL*'", true],
  ["%{REMOTE_ADDR} -ipmatch '127.0.0.0/8'", true],
  ["-R '10.0.0.0/8'", false],
  ["-z %{HTTP:X-None} && -n env('tool')", true],
  ["reqenv('tool') . '!' == 'curl!'", true],
  ['2 -lt 10', true],
  ["'2' < '10'", false],
  ['%{QUERY_STRING} =~ /debug=(.)/ && $1 -eq 1', true]
])('%s → %s', (condition, holds) => {
  expect(says(condition.replaceAll('"', '\\"'))).toBe(holds)
})

test.each(['', '(', 'true &&', "-f '/etc/passwd'", "file('/etc/passwd') == ''", '%{SSL:X} == 1', "'a' ~ 'b'", '('.repeat(500)])(
  '%s: not modelled, so not guessed',
  (text) => {
    expect(compileCondition(text)).toBeNull()
  }
)

test('a line whose condition is not modelled is left out, with a finding', () => {
  const { findings } = load('Listen 80\nRequestHeader set X-A b "expr=-f \'/etc/passwd\'"\n')
  expect(findings.find((each) => each.code === 'unsupported-directive')?.span?.line).toBe(2)
})

test('a field looked at is named in Vary', () => {
  const condition = compileCondition("%{HTTP:Upgrade} == 'x'")
  const out: string[] = []
  const r = { headersIn: ['Upgrade', 'x'], out, varies: (name: string) => void out.push('Vary', name) }
  expect(condition !== null && holdsFor(r as never, condition)).toBe(true)
  expect(out).toEqual(['Vary', 'Upgrade'])
})
