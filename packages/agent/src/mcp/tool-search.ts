import { z } from 'zod'
import { promptText } from '../prompt-text.ts'
import { defineTool, type Tool } from '../tool.ts'
import { searchTools } from './search-tools.ts'

/** Schemas beyond are named, not shown. In UTF-16 code units. */
const MOST_SHOWN = 12_000
const FEW = 5
const MOST_LISTED = 100

/** What the session knows of its servers now. */
export interface ToolDirectory {
  tools(): readonly Tool[]
  /** Servers whose tools are not known yet or cannot be used, each with a word why. */
  absent(): readonly string[]
  /** Resolves when no server is starting any more. */
  settled(): Promise<void>
}

const schema = z.strictObject({
  query: z.string().describe('What the tool shall do, or its name; empty lists what there is'),
  limit: z.number().int().min(1).max(20).optional().describe(`Default ${FEW}`),
})

function argumentsOf(tool: Tool): string[] {
  const { properties } = tool.declaration.schema
  return typeof properties === 'object' && properties !== null ? Object.keys(properties) : []
}

function show(tools: readonly Tool[]): string {
  let left = MOST_SHOWN
  return tools
    .map(({ name, declaration }) => {
      const args = JSON.stringify(declaration.schema)
      left -= args.length
      const shown = left >= 0 ? args : 'too long for here; search for its name alone'
      return `${name}\n  ${declaration.description.replaceAll('\n', '\n  ')}\n  arguments: ${shown}`
    })
    .join('\n')
}

/** The tool that finds tools. Its declaration names the servers and never changes in a session. */
export function toolSearch(servers: readonly string[], directory: ToolDirectory): Tool {
  return defineTool({
    name: 'tool_search',
    description: `${promptText(new URL('./tool-search.md', import.meta.url))} Servers: ${servers.join(', ')}.`,
    effect: 'read',
    schema,
    async run({ query, limit = FEW }, { signal }) {
      const { promise: cancelled, resolve } = Promise.withResolvers<void>()
      signal.addEventListener('abort', () => resolve(), { once: true })
      await Promise.race([directory.settled(), cancelled])
      const tools = directory.tools()
      const texts = tools.map((tool) => ({
        tool,
        name: tool.name,
        description: tool.declaration.description,
        args: argumentsOf(tool),
      }))
      const found = searchTools(texts, query, limit).map(({ tool }) => tool)
      const absent = directory.absent().join('\n')
      const text =
        query.trim() === ''
          ? [
              ...tools.slice(0, MOST_LISTED).map(({ name }) => name),
              ...(tools.length > MOST_LISTED ? ['…'] : []),
            ]
          : found.length === 0
            ? [`None of ${tools.length} tools has these words.`]
            : [show(found)]
      return {
        ok: tools.length > 0 && (found.length > 0 || query.trim() === ''),
        output: [`${tools.length} tools of MCP servers.`, ...text, absent].filter(Boolean).join('\n'),
      }
    },
  })
}
