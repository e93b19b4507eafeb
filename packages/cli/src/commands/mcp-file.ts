import { textOf } from '../config/replace-file.ts'
import { UsageError } from '../usage-error.ts'

/** The file of a repository that cairn and other agents read. */
export const REPOSITORY_FILE = '.mcp.json'

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

/** Reads a file with `mcpServers`; one that is absent has none. Throws `UsageError` for one that cannot be gone on with. */
export function readServerFile(file: string): {
  parsed: Record<string, unknown>
  servers: Record<string, unknown>
  /** As it is written now. */
  indent: string
} {
  const text = textOf(file)
  if (text === null) return { parsed: {}, servers: {}, indent: '  ' }
  let parsed: unknown
  try {
    parsed = JSON.parse(text)
  } catch (error) {
    throw new UsageError(
      `${file} is not valid JSON: ${error instanceof Error ? error.message : String(error)}`,
      'Mend it first.',
    )
  }
  const servers = isRecord(parsed) ? (parsed['mcpServers'] ?? {}) : null
  if (!isRecord(parsed) || !isRecord(servers))
    throw new UsageError(`${file} has no table "mcpServers"`, 'Mend it first.')
  return { parsed, servers, indent: /^[ \t]+(?=")/mu.exec(text)?.[0] ?? '  ' }
}

export const writeServerFile = (parsed: Record<string, unknown>, indent: string): string =>
  `${JSON.stringify(parsed, null, indent)}\n`
