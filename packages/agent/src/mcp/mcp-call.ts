import { z } from 'zod'
import { promptText } from '../prompt-text.ts'
import { defineTool, type Tool } from '../tool.ts'

const schema = z.strictObject({
  tool: z.string().describe('Its name, as tool_search shows it'),
  arguments: z.looseObject({}).optional().describe('Default: none'),
})

/** The tool that calls tools which are not declared. A call of it is the call of that tool to everything that decides and records. */
export function mcpCall(exists: (name: string) => boolean, why: () => string): Tool {
  const tool = defineTool({
    name: 'mcp_call',
    description: promptText(new URL('./mcp-call.md', import.meta.url)),
    effect: 'exec',
    schema,
    run: () => ({ ok: false, output: 'There is no such tool.' }),
  })
  const parse = (argsText: string) => {
    try {
      const parsed = schema.safeParse(JSON.parse(argsText))
      return parsed.success ? parsed.data : null
    } catch {
      return null
    }
  }
  return {
    ...tool,
    stands(argsText) {
      const call = parse(argsText)
      return call === null || !exists(call.tool)
        ? null
        : { tool: call.tool, args: JSON.stringify(call.arguments ?? {}) }
    },
    prepare(argsText) {
      const call = parse(argsText)
      if (call === null || exists(call.tool)) return tool.prepare(argsText)
      return {
        ok: false,
        message:
          `Nothing was executed: no MCP server offers ${JSON.stringify(call.tool)}. Look for it with tool_search. ${why()}`.trim(),
      }
    },
  }
}
