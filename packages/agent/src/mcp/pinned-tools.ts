import { createHash, randomBytes } from 'node:crypto'
import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { z } from 'zod'
import type { McpToolSpec } from './tool-list.ts'

/** Where the descriptions are kept that each server had when it was first used, or when they were approved. */
export const pinnedToolsFolder = (dataDir: string): string => join(dataDir, 'mcp-tools')

/** What is remembered of one server. */
export interface PinnedServer {
  /** Its name and what it runs, for people who look into the file. */
  server: string
  runs: string
  /** What it says about its tools, as accepted. */
  tools: McpToolSpec[]
  /** What it says now, where that is something else and nobody approved it. */
  changed: McpToolSpec[] | null
}

const json = z.record(z.string(), z.json())
const specs = z.array(
  z.object({ name: z.string(), description: z.string(), schema: json, readOnly: z.boolean() }),
)
const shape = z.object({
  version: z.literal(1),
  server: z.string(),
  runs: z.string(),
  tools: specs,
  changed: specs.nullable(),
})

const fileOf = (folder: string, key: string) => join(folder, `${key}.json`)

/** Identity of everything that the server tells the model about its tools. */
export const toolsHash = (tools: readonly McpToolSpec[]): string =>
  createHash('sha256').update(JSON.stringify(tools)).digest('hex')

/** What is remembered under the key of a server; null where nothing is, or where the file is damaged. */
export function readPin(folder: string, key: string): PinnedServer | 'damaged' | null {
  let text: string
  try {
    text = readFileSync(fileOf(folder, key), 'utf8')
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return null
    return 'damaged'
  }
  try {
    const { version: _version, ...pin } = shape.parse(JSON.parse(text))
    return pin
  } catch {
    return 'damaged'
  }
}

/** Moves a damaged file aside, so that a new one begins; gives where it is now. */
export function setDamagedAside(folder: string, key: string): string {
  const aside = `${fileOf(folder, key)}.damaged`
  renameSync(fileOf(folder, key), aside)
  return aside
}

/** Remembers a server, in place of what was remembered before. */
export function writePin(folder: string, key: string, pin: PinnedServer): void {
  const file = fileOf(folder, key)
  mkdirSync(dirname(file), { recursive: true, mode: 0o700 })
  const aside = `${file}.${randomBytes(6).toString('hex')}`
  writeFileSync(aside, `${JSON.stringify({ version: 1, ...pin }, null, 1)}\n`, { mode: 0o600, flag: 'wx' })
  renameSync(aside, file)
}
