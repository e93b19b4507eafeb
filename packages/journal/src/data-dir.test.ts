import { expect, test } from 'vitest'
import { dataDir } from './data-dir.ts'

test.each<[NodeJS.Platform, Record<string, string>, string]>([
  ['linux', { HOME: '/home/a' }, '/home/a/.local/share/cairn'],
  ['linux', { HOME: '/home/a', XDG_DATA_HOME: '/data' }, '/data/cairn'],
  ['linux', { HOME: '/home/a', XDG_DATA_HOME: 'relative' }, '/home/a/.local/share/cairn'],
  ['linux', { HOME: '/home/a', XDG_DATA_HOME: '' }, '/home/a/.local/share/cairn'],
  ['linux', { XDG_DATA_HOME: '/data' }, '/data/cairn'],
  ['linux', { HOME: '/home/a', CAIRN_DATA_DIR: '/mine' }, '/mine'],
  ['darwin', { HOME: '/Users/a', XDG_DATA_HOME: '/data' }, '/Users/a/Library/Application Support/cairn'],
  ['darwin', { HOME: '/Users/a', CAIRN_DATA_DIR: '/mine' }, '/mine'],
  ['win32', { LOCALAPPDATA: 'C:\\Users\\a\\AppData\\Local' }, 'C:\\Users\\a\\AppData\\Local\\cairn'],
  ['win32', { USERPROFILE: 'C:\\Users\\a' }, 'C:\\Users\\a\\AppData\\Local\\cairn'],
  ['win32', { CAIRN_DATA_DIR: 'D:\\mine' }, 'D:\\mine'],
])('%s %j', (platform, env, dir) => expect(dataDir(env, platform)).toBe(dir))

test.each<[NodeJS.Platform, Record<string, string>]>([
  ['linux', {}],
  ['linux', { HOME: 'relative' }],
  ['darwin', {}],
  ['win32', { HOME: '/home/a' }],
  ['linux', { HOME: '/home/a', CAIRN_DATA_DIR: 'relative' }],
])('%s %j has none', (platform, env) =>
  expect(() => dataDir(env, platform)).toThrow(expect.objectContaining({ code: 'no-data-dir' })),
)
