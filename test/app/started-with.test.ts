import { describe, expect, it } from 'vitest'
import { readAppArguments, wordsOf } from '../../main/app/arguments.js'
import { readStart } from '../../main/app/packaged-command.js'

describe('what the app was started with', () => {
  it.each([
    [[], { files: [], data: undefined }],
    [['site.conf', '/etc/b.conf'], { files: ['/home/me/site.conf', '/etc/b.conf'], data: undefined }],
    [['--data', 'd', 'site.conf', '--no-sandbox'], { files: ['/home/me/site.conf'], data: '/home/me/d' }],
    [['--data=/d', '--remote-debugging-port=0'], { files: [], data: '/d' }],
    [['--data='], { files: [], data: undefined }],
    [['--data'], { files: [], data: undefined }]
  ])('%j', (words, expected) => {
    expect(readAppArguments(words, '/home/me')).toEqual(expected)
  })

  it('leaves out the executable, and the project of a development run', () => {
    expect(wordsOf(['/opt/switchyard', 'a.conf'], true)).toEqual(['a.conf'])
    expect(wordsOf(['electron', '--no-sandbox', '/project', 'a.conf', '--data=d'], false)).toEqual(['a.conf', '--data=d'])
    expect(wordsOf(['electron'], false)).toEqual([])
  })
})

describe('the packaged app', () => {
  const again = ['--ozone-platform=headless', '--disable-gpu', '--log-level=3']
  it.each([
    ['a config', ['site.conf'], false, { as: 'app' }],
    ['nothing', [], false, { as: 'app' }],
    ['a command', ['check', 'site.conf', '--json'], false, { as: 'again', args: [...again, 'check', 'site.conf', '--json'] }],
    ['a command as root', ['--no-sandbox', 'ca', 'status'], true, { as: 'again', args: [...again, '--no-sandbox', 'ca', 'status'] }],
    ['a command that is not there yet', ['explain', '/ws/'], false, { as: 'again', args: [...again, 'explain', '/ws/'] }],
    ['help', ['--help'], false, { as: 'again', args: [...again, '--help'] }],
    ['a file named like a command', ['./check'], false, { as: 'app' }]
  ])('takes %s as it is meant', (_name, words, isRoot, start) => {
    expect(readStart(words, {}, isRoot)).toEqual(start)
  })

  it('leaves serve to the command of npm, and says so', () => {
    expect(readStart(['serve', 'site.conf'], {}, false)).toEqual({ as: 'refusal', says: expect.stringMatching(/npm command/) })
  })

  it('answers at its second start, without the words that are for Chromium', () => {
    const words = [...again, '--no-sandbox', 'check', 'site.conf']
    expect(readStart(words, { SWITCHYARD_COMMAND: '1' }, true)).toEqual({ as: 'command', words: ['check', 'site.conf'] })
  })
})
