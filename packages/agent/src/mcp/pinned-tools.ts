import { randomBytes } from 'node:crypto'
import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'

/** Where the descriptions are remembered that each server had when it was first used. */
export const pinnedToolsFile = (dataDir: string): string => join(dataDir, 'mcp-tools.json')

function readPins(file: string): Record<string, string> {
  let text: string
  try {
    text = readFileSync(file, 'utf8')
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return {}
    throw error
  }
  const parsed: unknown = JSON.parse(text)
  if (typeof parsed !== 'object' || parsed === null) throw new Error(`${file} is no table`)
  return Object.fromEntries(Object.entries(parsed).filter((entry) => typeof entry[1] === 'string'))
}

/**
 * Compares what a server says about its tools with what it said when the same command was first used. A new server is
 * remembered; one that says something else is `changed` until the file forgets it.
 */
export function checkPin(file: string, command: string, tools: string): 'new' | 'same' | 'changed' {
  const pins = readPins(file)
  const known = pins[command]
  if (known !== undefined) return known === tools ? 'same' : 'changed'
  mkdirSync(dirname(file), { recursive: true, mode: 0o700 })
  const aside = `${file}.${randomBytes(6).toString('hex')}`
  writeFileSync(aside, `${JSON.stringify({ ...pins, [command]: tools }, null, 1)}\n`, {
    mode: 0o600,
    flag: 'wx',
  })
  renameSync(aside, file)
  return 'new'
}
