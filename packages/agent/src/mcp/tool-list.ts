import { escapeForDisplay } from '@cairn/guard'
import type { Json } from '@cairn/journal'
import { createHash } from 'node:crypto'
import type { McpServer } from './server-config.ts'

/** A tool as its server describes it, bounded. `name` is the server's own. */
export interface McpToolSpec {
  name: string
  description: string
  schema: { [key: string]: Json }
  readOnly: boolean
}

const MOST_TOOLS = 2_000
const MOST_DESCRIPTION = 2_048
const MOST_SCHEMA = 16_384
const MOST_OWN_NAME = 256
const MOST_NAME = 64
const DEEPEST = 40

const sha256 = (text: string) => createHash('sha256').update(text).digest('hex')

/** Identity of what is started or reached. The values of variables and headers are secrets: only their names count. */
function commandHash({ run }: McpServer): string {
  return sha256(
    JSON.stringify(
      'command' in run
        ? ['stdio', run.command, run.args, Object.keys(run.env).toSorted()]
        : ['http', run.url, Object.keys(run.headers).toSorted()],
    ),
  )
}

/**
 * Under what a server is remembered. A command is one server in each workspace, whose files it may be made of; an address is one
 * server wherever it is used from.
 */
export const serverKey = (server: McpServer, workspace: string): string =>
  'command' in server.run ? sha256(JSON.stringify([workspace, commandHash(server)])) : commandHash(server)

/** A name that providers take: letters, digits, `_` and `-`, at most 64. A name that had to be changed ends in a hash of the true one. */
export function toolName(server: string, tool: string): string {
  const clean = tool.replaceAll(/[^\w-]/gu, '_')
  const whole = `mcp__${server}__${clean}`
  if (whole.length <= MOST_NAME && clean === tool) return whole
  return `${whole.slice(0, MOST_NAME - 7)}_${sha256(tool).slice(0, 6)}`
}

/** The schema with hidden characters in its texts made visible; null where it is too deep, or hides some elsewhere. */
function plainSchema(value: Json, depth = 0): Json | null {
  if (depth > DEEPEST) return null
  if (typeof value === 'string') return escapeForDisplay(value) === value ? value : null
  if (typeof value !== 'object' || value === null) return value
  if (Array.isArray(value)) {
    const items = value.map((item) => plainSchema(item, depth + 1))
    return items.some((item, at) => item === null && value[at] !== null) ? null : items
  }
  const out: { [key: string]: Json } = {}
  for (const [key, item] of Object.entries(value)) {
    if (item === undefined) continue
    const isText = (key === 'description' || key === 'title') && typeof item === 'string'
    const plain = isText ? escapeForDisplay(item) : plainSchema(item, depth + 1)
    if ((plain === null && item !== null) || escapeForDisplay(key) !== key) return null
    Object.defineProperty(out, key, { value: plain, enumerable: true, writable: true, configurable: true })
  }
  return out
}

const isTable = (value: Json | null): value is { [key: string]: Json } =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

/** What a server lists of one tool. */
interface Listed {
  name: string
  description?: string | undefined
  inputSchema: unknown
  annotations?: { readOnlyHint?: boolean | undefined } | undefined
}

function boundTool({ name, description = '', inputSchema, annotations }: Listed): McpToolSpec | string {
  if (name === '' || name.length > MOST_OWN_NAME) return 'its name is empty or too long'
  const text = JSON.stringify(inputSchema)
  if (text.length > MOST_SCHEMA) return 'its schema is too large'
  const plain = plainSchema(JSON.parse(text))
  if (!isTable(plain)) return 'its schema is too deep, or has hidden characters'
  const { $schema: _dialect, ...schema } = plain
  const shown = escapeForDisplay(description.slice(0, MOST_DESCRIPTION))
  return {
    name,
    description: description.length > MOST_DESCRIPTION ? `${shown} [cut]` : shown,
    schema,
    readOnly: annotations?.readOnlyHint === true,
  }
}

/** Bounds what a server lists, in a fixed order, hidden characters made visible. What is left out is said. */
export function boundTools(listed: readonly Listed[]): { tools: McpToolSpec[]; problems: string[] } {
  const problems: string[] = []
  const tools = new Map<string, McpToolSpec>()
  for (const each of listed.slice(0, MOST_TOOLS)) {
    const tool = tools.has(each.name) ? 'its name is taken' : boundTool(each)
    if (typeof tool !== 'string') tools.set(tool.name, tool)
    else if (problems.length < 10)
      problems.push(
        `its tool ${escapeForDisplay(JSON.stringify(each.name.slice(0, 80)))} is left out: ${tool}`,
      )
  }
  if (listed.length > MOST_TOOLS)
    problems.push(`it has ${listed.length} tools; the first ${MOST_TOOLS} are used`)
  return { tools: [...tools.values()].toSorted((a, b) => (a.name < b.name ? -1 : 1)), problems }
}
