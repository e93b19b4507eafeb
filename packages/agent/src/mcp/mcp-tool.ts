import type { Json } from '@cairn/journal'
import type { Tool, ToolOutcome } from '../tool.ts'
import { resultOutcome } from './result-outcome.ts'
import type { ServerLink } from './server-link.ts'
import type { McpToolSpec } from './tool-list.ts'

/** Makes one tool of what a server offers. `name` is what the model calls it by. */
export function mcpTool(name: string, spec: McpToolSpec, link: ServerLink): Tool {
  const { run, name: server } = link.server
  const host = 'url' in run ? new URL(run.url).hostname : undefined
  return {
    name,
    effect: spec.readOnly ? 'read' : 'exec',
    declaration: {
      name,
      // Whoever wrote the server wrote the rest: the model shall know whose words they are.
      description: `[MCP server ${server} says:] ${spec.description}`.trimEnd(),
      schema: spec.schema,
    },
    ...(host === undefined ? {} : { host }),
    prepare(argsText) {
      const no = (why: string) =>
        ({ ok: false, message: `Nothing was executed: the arguments of ${name} ${why}.` }) as const
      let args: Json
      try {
        args = JSON.parse(argsText.trim() === '' ? '{}' : argsText)
      } catch (error) {
        return no(`are not valid JSON (${error instanceof Error ? error.message : String(error)})`)
      }
      if (typeof args !== 'object' || args === null || Array.isArray(args)) return no('are not a JSON object')
      const wanted = spec.schema['required']
      const missing = Array.isArray(wanted)
        ? wanted.filter((key) => typeof key === 'string' && !Object.hasOwn(args, key))
        : []
      if (missing.length > 0) return no(`lack ${missing.join(', ')}`)
      return {
        ok: true,
        args,
        async run({ signal }): Promise<ToolOutcome> {
          return resultOutcome(await link.call(spec.name, args, signal))
        },
      }
    },
  }
}
