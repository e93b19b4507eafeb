import { z } from 'zod'
import { promptText } from '../prompt-text.ts'
import { defineTool, type Tool, type ToolCall, type ToolOutcome } from '../tool.ts'
import type { AgentType } from './agent-type.ts'

/** In UTF-16 code units. */
const LONGEST_DESCRIPTION = 300
const LONGEST_LIST = 4_000

const schema = z.strictObject({
  agent: z.string().min(1).max(80),
  description: z.string().min(1).max(120),
  task: z.string().min(1).max(40_000),
  paths: z.array(z.string().min(1).max(1_000)).max(40).optional(),
})

export type TaskRequest = z.infer<typeof schema>

function listed(types: readonly AgentType[]): string {
  const lines: string[] = []
  let length = 0
  for (const { name, description } of types) {
    const line = `- ${name}: ${description.replaceAll(/\s+/gu, ' ').slice(0, LONGEST_DESCRIPTION)}`
    length += line.length
    if (length > LONGEST_LIST) break
    lines.push(line)
  }
  return lines.join('\n')
}

/**
 * The tool that starts a sub-agent. Its description is that of the types at the start of the session, so that the declared
 * list stays the same; `load` looks for them again, so that a file that changed since no longer counts.
 */
export function taskTool(
  types: readonly AgentType[],
  load: () => readonly AgentType[],
  start: (type: AgentType, request: TaskRequest, call: ToolCall) => Promise<ToolOutcome>,
): Tool {
  return defineTool({
    name: 'task',
    description: `${promptText(new URL('./prompt.md', import.meta.url))}\n\nAgents:\n${listed(types)}`,
    // What a sub-agent does is decided on call by call, in its own session.
    effect: 'control',
    schema,
    async run(request, call) {
      const now = load()
      const type = now.find(({ name }) => name === request.agent.toLowerCase())
      if (type !== undefined) return start(type, request, call)
      const was = types.some(({ name }) => name === request.agent)
      return {
        ok: false,
        output: `Nothing was started: the agent ${JSON.stringify(request.agent)} ${was ? 'changed since the person approved it, and no longer counts' : 'does not exist'}. Agents: ${now.map(({ name }) => name).join(', ')}.`,
      }
    },
  })
}
