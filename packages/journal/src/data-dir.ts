import { posix, win32 } from 'node:path'
import { JournalError } from './journal-error.ts'

/**
 * The folder where cairn keeps sessions and keys: `CAIRN_DATA_DIR`, else the platform's place for an application's
 * data (XDG base directories, ~/Library/Application Support, %LOCALAPPDATA%). Pure; the folder may not exist yet.
 * Throws `JournalError` `no-data-dir` where the environment names no home.
 */
export function dataDir(
  env: Readonly<Record<string, string | undefined>>,
  platform: NodeJS.Platform,
): string {
  const { join, isAbsolute } = platform === 'win32' ? win32 : posix
  // The XDG specification says that relative paths are to be ignored; the same is safest for all of them.
  const absolute = (value: string | undefined): string | null => (value && isAbsolute(value) ? value : null)

  const own = env['CAIRN_DATA_DIR']
  if (own) {
    if (isAbsolute(own)) return own
    throw new JournalError(
      'no-data-dir',
      `CAIRN_DATA_DIR is "${own}", which is not an absolute path: it would mean another folder in every directory.`,
      'Set it to an absolute path, or unset it.',
      { CAIRN_DATA_DIR: own },
    )
  }
  if (platform === 'win32') {
    const local = absolute(env['LOCALAPPDATA'])
    if (local !== null) return join(local, 'cairn')
    const profile = absolute(env['USERPROFILE'])
    if (profile !== null) return join(profile, 'AppData', 'Local', 'cairn')
    throw noHome('LOCALAPPDATA')
  }
  const home = absolute(env['HOME'])
  if (platform === 'darwin') {
    if (home !== null) return join(home, 'Library', 'Application Support', 'cairn')
    throw noHome('HOME')
  }
  const xdg = absolute(env['XDG_DATA_HOME'])
  if (xdg !== null) return join(xdg, 'cairn')
  if (home !== null) return join(home, '.local', 'share', 'cairn')
  throw noHome('HOME')
}

function noHome(variable: string): JournalError {
  return new JournalError(
    'no-data-dir',
    `There is no folder for sessions: ${variable} is not set to an absolute path.`,
    'Set CAIRN_DATA_DIR to a folder that only you can read.',
  )
}
