import { expect, test } from 'vitest'
import { servedRoots } from '../../../../renderer/views/certificates/served-roots.js'

const local = { name: 'local', names: ['localhost', 'test'], addresses: ['127.0.0.0/8', '::1'] }
const site = { name: 'app.example.com-1', names: ['app.example.com', 'example.org'], addresses: ['203.0.113.7'] }
const found = (served: readonly string[], all = [site, local]) => servedRoots(all, served).map(({ name }) => name)

test('a client trusts whoever issues for the names that are served', () => {
  expect(found(['app.example.com'])).toEqual([site.name])
  expect(found(['api.App.example.com', '203.0.113.7'])).toEqual([site.name])
  expect(found(['localhost', 'app.example.com', 'my.test'])).toEqual([local.name, site.name])
  expect(found(['notexample.org', 'localhost'])).toEqual([local.name])
})

test('where nothing is served, or no name of it needs one, that is the authority of this machine', () => {
  expect(found([])).toEqual([local.name])
  expect(found(['*.example.net'])).toEqual([local.name])
  expect(found(['example.org'], [])).toEqual([])
})
