import { expect, it } from 'vitest'
import type { Connection } from '../../../renderer/state/connection.svelte.js'
import { RouteDesk } from '../../../renderer/views/route/route-desk.svelte.js'

it('whoever types a ws:// URL asks for a WebSocket, until it is another; what is said otherwise holds', () => {
  const desk = new RouteDesk({} as Connection)
  desk.type('wss://app.example.com/')
  expect(desk.upgrade).toBe(true)
  desk.upgrade = false
  desk.type('wss://app.example.com/ws/')
  expect(desk.upgrade).toBe(false)
  desk.type('https://app.example.com/ws/')
  desk.upgrade = true
  desk.type('https://app.example.com/ws/a')
  expect(desk.upgrade).toBe(true)
  desk.type('ws://app.example.com/')
  desk.type('http://app.example.com/')
  expect([desk.upgrade, desk.url]).toEqual([false, 'http://app.example.com/'])
})
