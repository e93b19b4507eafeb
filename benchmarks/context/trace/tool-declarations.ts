import type { ToolDeclaration } from '@cairn/models'

function tool(name: string, description: string, properties: Record<string, unknown>): ToolDeclaration {
  return { name, description, schema: { type: 'object', properties } }
}

const text = { type: 'string' }

/** One set for all policies: the prefix is the same for everyone. */
export const BENCH_TOOLS: ToolDeclaration[] = [
  tool('exec', 'Run a command.', { cmd: text, background: { type: 'boolean' } }),
  tool('read', 'Read a file or a range of its lines.', {
    path: text,
    from: { type: 'number' },
    lines: { type: 'number' },
  }),
  tool('search', 'Search the work tree.', { pattern: text }),
  tool('edit', 'Replace text in a file.', { path: text, old: text, new: text }),
  tool('write', 'Write a file.', { path: text, content: text }),
  tool('plan', 'Set the plan.', { items: { type: 'array' } }),
  tool('note', 'Keep a decision, assumption, contract or rejected approach.', { type: text, text }),
  tool('task', 'Hand a goal to a sub-agent.', { goal: text }),
  tool('recall', 'Get back what is no longer shown.', { query: text, ref: text }),
]

export const BENCH_SYSTEM =
  'You are a coding agent. Work on the request of the user with the tools. Say what you did and what is open.'
