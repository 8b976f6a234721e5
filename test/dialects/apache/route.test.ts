import { expect, it } from 'vitest'
import { arrivalAt, get, handshake, siteOf } from './desk.js'

const site = siteOf(`Listen 80
DocumentRoot /srv/www
Alias /icons/ /srv/icons/
Redirect /old /new
ProxyPass /app/static !
ProxyPass /app/ http://127.0.0.1:3000/
ProxyPassMatch ^/m/(.*)$ http://127.0.0.1:3001/$1
ErrorDocument 404 /app/missing
<Location /shut>
  Redirect 403
</Location>
<Location /own/>
  ProxyPass ws://127.0.0.1:3002/
</Location>
`)

/** The directive that the decision names as the one that routes, as written. */
function routeOf(target: string, ...fields: string[]): string | null {
  const exchange = site.open(arrivalAt(site, 80), get(target, ...fields))
  const before = exchange.decision().route
  const step = exchange.next({ was: 'start' }, 1)
  expect(before).toBe(-1)
  if (step.do === 'lookAt')
    exchange.next({ was: 'files', files: step.paths.map((path) => ({ path, kind: 'missing' as const })) } as never, 2)
  const { route } = exchange.decision()
  return site.directives?.[route]?.text ?? null
}

it.each([
  ['/app/page', 'ProxyPass /app/ http://127.0.0.1:3000/'],
  ['/m/page', 'ProxyPassMatch ^/m/(.*)$ http://127.0.0.1:3001/$1'],
  ['/own/chat', 'ProxyPass ws://127.0.0.1:3002/'],
  ['/old/page', 'Redirect /old /new'],
  ['/icons/a.png', 'Alias /icons/ /srv/icons/'],
  ['/shut/page', 'Redirect 403']
])('%s goes where %s says', (target, directive) => {
  expect(routeOf(target)).toBe(directive)
  expect(routeOf(target, ...handshake)).toBe(directive)
})

it('is the folder where nothing else took the path, whatever the page of the error then comes from', () => {
  expect(routeOf('/page')).toBe('DocumentRoot /srv/www')
  expect(routeOf('/app/static/page')).toBe('DocumentRoot /srv/www')
})

it('is none where no line says it: no DocumentRoot, or a request that is none', () => {
  const bare = siteOf('Listen 80\nProxyPass /app/ http://127.0.0.1:3000/\n')
  const routes = [get('/page'), { fault: 'malformed', on: 'x' } as never].map((head) => {
    const exchange = bare.open(arrivalAt(bare, 80), head)
    exchange.next({ was: 'start' }, 1)
    return exchange.decision().route
  })
  expect(routes).toEqual([-1, -1])
})
