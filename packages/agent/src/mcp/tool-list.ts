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

const MOST_TOOLS = 500
const MOST_DESCRIPTION = 2_048
const MOST_SCHEMA = 16_384
const MOST_NAME = 64

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

/** Identity of everything that the server tells the model about its tools. */
export const toolsHash = (tools: readonly McpToolSpec[]): string => sha256(JSON.stringify(tools))

/** The name that the model uses; providers take letters, digits, `_` and `-`, at most 64. */
export function toolName(server: string, tool: string): string {
  const clean = tool.replaceAll(/[^\w-]/gu, '_')
  const whole = `mcp__${server}__${clean}`
  if (whole.length <= MOST_NAME && clean === tool) return whole
  return `${whole.slice(0, MOST_NAME - 7)}_${sha256(tool).slice(0, 6)}`
}

/** Bounds what a server lists, in a fixed order. What is left out is said. */
export function boundTools(
  listed: readonly {
    name: string
    description?: string | undefined
    inputSchema: unknown
    annotations?: { readOnlyHint?: boolean | undefined } | undefined
  }[],
): { tools: McpToolSpec[]; problems: string[] } {
  const problems: string[] = []
  const tools = new Map<string, McpToolSpec>()
  for (const { name, description = '', inputSchema, annotations } of listed.slice(0, MOST_TOOLS)) {
    const text = JSON.stringify(inputSchema)
    if (text.length > MOST_SCHEMA || tools.has(name) || name === '') {
      problems.push(
        `its tool ${JSON.stringify(name.slice(0, 80))} is left out: its schema is too large, or its name is taken`,
      )
      continue
    }
    const { $schema: _dialect, ...schema }: { [key: string]: Json } = JSON.parse(text)
    const cut = description.length > MOST_DESCRIPTION
    tools.set(name, {
      name,
      description: cut ? `${description.slice(0, MOST_DESCRIPTION)} [cut]` : description,
      schema,
      readOnly: annotations?.readOnlyHint === true,
    })
  }
  if (listed.length > MOST_TOOLS)
    problems.push(`it has ${listed.length} tools; the first ${MOST_TOOLS} are used`)
  return { tools: [...tools.values()].toSorted((a, b) => (a.name < b.name ? -1 : 1)), problems }
}
