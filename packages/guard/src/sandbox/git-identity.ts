import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

export interface GitIdentity {
  name?: string
  email?: string
}

/**
 * Who the user is, from the text of a git configuration: the only part of it that commands get to see, since the rest may
 * name programs and credentials.
 */
export const gitIdentity = (config: string): GitIdentity => {
  const identity: GitIdentity = {}
  let inUser = false
  for (const line of config.split('\n')) {
    const section = /^\s*\[\s*([^\]"]*?)\s*(".*")?\s*\]/u.exec(line)
    if (section !== null) inUser = section[1]?.toLowerCase() === 'user' && section[2] === undefined
    const entry = inUser ? /^\s*(name|email)\s*=\s*(.*)$/iu.exec(line) : null
    const key = entry?.[1]?.toLowerCase()
    const value = plain(entry?.[2] ?? '')
    if (value !== '' && (key === 'name' || key === 'email')) identity[key] = value
  }
  return identity
}

/** A value without its quotes and without a comment after it. */
const plain = (value: string): string => {
  const quoted = /^"((?:[^"\\]|\\.)*)"/u.exec(value)?.[1]
  return quoted === undefined ? (value.split(/\s[#;]/u)[0] ?? '').trim() : quoted.replace(/\\(.)/gu, '$1')
}

/**
 * A folder to be shown as `~/.config/git`, with the user's name and address in it; null where nobody has set them.
 * A configuration file and not variables: those would win over what a test sets in a repository of its own.
 */
export const gitIdentityFolder = (home: string, dataDir: string): string | null => {
  const identity = ['.config/git/config', '.gitconfig'].reduce<GitIdentity>(
    (found, file) => ({ ...found, ...gitIdentity(textOf(join(home, file))) }),
    {},
  )
  const lines = Object.entries(identity).map(([key, value]) => `\t${key} = ${JSON.stringify(value)}`)
  if (lines.length === 0) return null
  const folder = join(dataDir, 'git')
  mkdirSync(folder, { recursive: true, mode: 0o700 })
  writeFileSync(join(folder, 'config'), ['[user]', ...lines, ''].join('\n'))
  return folder
}

const textOf = (file: string): string => {
  try {
    return readFileSync(file, 'utf8')
  } catch {
    return ''
  }
}
