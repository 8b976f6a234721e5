import { describe, expect, it } from 'vitest'
import type { RequestHead } from '../../../shared/heads.js'
import type { Site } from '../../../shared/site.js'
import type { TraceLine } from '../../../shared/trace.js'
import { get, siteOf, start } from './desk.js'

/** Played to its end; no file is there. */
function linesOf(site: Site, head: RequestHead): readonly TraceLine[] {
  const { exchange, step } = start(site, head)
  if (step.do === 'lookAt')
    exchange.next({ was: 'files', files: step.paths.map((path) => ({ path, kind: 'missing' as const })) } as never, 2)
  return site.trace(exchange.decision(), head).lines
}
function lineOf(site: Site, head: RequestHead, word: string): Pick<TraceLine, 'verdict' | 'says'> | undefined {
  return linesOf(site, head).find(({ directive }) => directive.startsWith(word))
}

it('says which virtual host answers, by its name or as the first', () => {
  const site = siteOf(`Listen 80
<VirtualHost *:80>
  ServerName first.example.test
  ServerAlias *.first.example.test
</VirtualHost>
<VirtualHost *:80>
  ServerName second.example.test
</VirtualHost>
`)
  const saysOf = (target: string, host: string): string | undefined => lineOf(site, get(target, `Host: ${host}`), '<VirtualHost')?.says
  const answers = 'This virtual host answers: it fits the address, and'
  expect(saysOf('/', 'Second.example.test:80')).toBe(`${answers} second.example.test is its name.`)
  expect(saysOf('/', 'www.first.example.test')).toBe(`${answers} www.first.example.test is its name.`)
  expect(saysOf('http://second.example.test/', 'first.example.test')).toBe(`${answers} second.example.test is its name.`)
  expect(saysOf('/', 'third.example.test')).toBe(`${answers} is the first that does; none of them is called third.example.test.`)
  const unnamed = { ...get('/'), version: 'HTTP/1.0', fields: [] }
  expect(lineOf(site, unnamed, '<VirtualHost')?.says).toBe(`${answers} is the first that does.`)
})

describe('a request that goes to no backend', () => {
  const site = siteOf(`Listen 80
DocumentRoot /srv/www
RequestHeader set X-Forwarded-Proto https
ProxyPass /app/static !
ProxyPass /app/ http://127.0.0.1:3000/
`)

  it('is not told to have had fields set for one', () => {
    const none = { verdict: 'missed', says: 'It changes what goes to a backend (set X-Forwarded-Proto), and the request went to none.' }
    expect(lineOf(site, get('/static/'), 'RequestHeader')).toMatchObject(none)
    expect(lineOf(site, get('/app/static/'), 'RequestHeader')).toMatchObject(none)
    expect(lineOf(site, get('/app/'), 'RequestHeader')).toMatchObject({ verdict: 'applied' })
  })
  it('is looked for in the folder, whether or not anything is there', () => {
    expect(lineOf(site, get('/static/'), 'DocumentRoot')?.says).toBe(
      'No ProxyPass, Redirect or Alias took the path: it is looked for in this folder.'
    )
  })
})

it('says by whose worker a line is served that leads where another does: the parameters are of that one', () => {
  const site = siteOf(`Listen 80
ProxyPass /api/ http://127.0.0.1:3001/ upgrade=websocket
ProxyPass / http://127.0.0.1:3001/
`)
  const said = linesOf(site, get('/live')).filter(({ verdict }) => verdict === 'applied')
  expect(said.map(({ span, says }) => [span?.line, says])).toEqual([
    [3, 'The first match: the request goes to http://127.0.0.1:3001/, by the worker that another line made for this backend.'],
    [2, 'This line made the worker of the backend, which serves every line that leads there: upgrade=websocket holds here, too.']
  ])
  expect(lineOf(site, get('/api/x'), 'ProxyPass /api/')?.says).toContain('upgrades to "websocket" may pass')
})
