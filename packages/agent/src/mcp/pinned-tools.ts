import { randomBytes } from 'node:crypto'
import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'

/** Where the descriptions are remembered that each server had when it was first used. */
export const pinnedToolsFile = (dataDir: string): string => join(dataDir, 'mcp-tools.json')

/** Null where the file is damaged. */
function readPins(file: string): Record<string, string> | null {
  let text: string
  try {
    text = readFileSync(file, 'utf8')
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return {}
    throw error
  }
  let parsed: unknown
  try {
    parsed = JSON.parse(text)
  } catch {
    return null
  }
  if (typeof parsed !== 'object' || parsed === null || Array.isArray(parsed)) return null
  return Object.fromEntries(Object.entries(parsed).filter((entry) => typeof entry[1] === 'string'))
}

/** Moves a damaged file aside, so that a new one begins. Gives what a person has to know of it, else null. */
export function setDamagedAside(file: string): string | null {
  if (readPins(file) !== null) return null
  const aside = `${file}.damaged`
  renameSync(file, aside)
  return `What MCP servers said about their tools was remembered in ${file}, which is damaged and was moved to ${aside}: each of them is remembered anew, as if it was used for the first time.`
}

/** Whether what a server says about its tools is remembered. Of a damaged file nothing is. */
export const isPinned = (file: string, server: string): boolean => readPins(file)?.[server] !== undefined

/**
 * Compares what a server says about its tools with what it said when the same server was first used. A new server is
 * remembered; one that says something else is `changed` until the file forgets it.
 */
export function checkPin(file: string, server: string, tools: string): 'new' | 'same' | 'changed' {
  const pins = readPins(file) ?? {}
  const known = pins[server]
  if (known !== undefined) return known === tools ? 'same' : 'changed'
  mkdirSync(dirname(file), { recursive: true, mode: 0o700 })
  const aside = `${file}.${randomBytes(6).toString('hex')}`
  writeFileSync(aside, `${JSON.stringify({ ...pins, [server]: tools }, null, 1)}\n`, {
    mode: 0o600,
    flag: 'wx',
  })
  renameSync(aside, file)
  return 'new'
}
