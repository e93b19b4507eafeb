import type { Convention } from '../skills/convention.ts'
import type { Tool } from '../tool.ts'

/** A kind of sub-agent that may be started. */
export interface AgentType {
  name: string
  description: string
  /** Follows the system prompt; empty: nothing does. */
  prompt: string
  /** Whether it is given a tool that its parent has. */
  allows(tool: Pick<Tool, 'name' | 'effect'>): boolean
  /** Has no tool with an effect, so that nothing it does can change a file. */
  readOnly: boolean
}

/** cairn's own bookkeeping: without it a sub-agent could not keep, look up or hand in anything. */
const ALWAYS = new Set(['note', 'recall', 'finish', 'plan'])
/** Names that definitions written for Claude Code use. */
const COUNTERPARTS: Readonly<Record<string, readonly string[]>> = {
  Read: ['read'],
  NotebookRead: ['read'],
  Grep: ['search'],
  Glob: ['list'],
  LS: ['list'],
  Bash: ['exec', 'write_stdin', 'localize', 'experiment', 'impacted_tests'],
  BashOutput: ['write_stdin'],
  Edit: ['edit', 'apply_patch'],
  MultiEdit: ['edit', 'apply_patch'],
  Write: ['edit', 'apply_patch'],
  TodoWrite: ['plan'],
  Task: ['task'],
  Agent: ['task'],
  Skill: ['skill'],
}

/** Tools without an effect, and the bookkeeping. */
export const onlyReads = ({ name, effect }: Pick<Tool, 'name' | 'effect'>): boolean =>
  ALWAYS.has(name) || (effect === 'read' && !name.startsWith('mcp__') && name !== 'tool_search')

const GENERAL: AgentType = {
  name: 'general',
  description: 'works on a task of its own with the same tools: changes files, runs commands and checks',
  prompt: '',
  allows: () => true,
  readOnly: false,
}
const EXPLORE: AgentType = {
  name: 'explore',
  description:
    'only reads and searches: finds out how something works or where it is, without filling your context',
  prompt:
    'You only read: you have no tool that changes a file or runs a command. Answer with what you found, naming files and lines, and say what you did not find.',
  allows: onlyReads,
  readOnly: true,
}

/** The tools that a list in the head of a definition names, by cairn's names. A rule in parentheses is not part of a name. */
function namedTools(list: string): Set<string> {
  const names = list
    .replaceAll(/\([^)]*\)/gu, ' ')
    .split(/[\s,[\]"']+/u)
    .filter((name) => name !== '' && name !== '-')
  return new Set(names.flatMap((name) => COUNTERPARTS[name] ?? [name]))
}

function defined({ name, description, body, tools, without }: Convention): AgentType {
  const wanted = tools === undefined ? null : namedTools(tools)
  // Whoever may call a tool of a server may find it and reach it where it is not declared; `mcp_call` opens no other one.
  if (wanted !== null && [...wanted].some((name) => name.startsWith('mcp__')))
    for (const name of ['tool_search', 'mcp_call']) wanted.add(name)
  const unwanted = namedTools(without ?? '')
  const hasEffect = (tool: string) => !ALWAYS.has(tool) && !['read', 'search', 'list', 'skill'].includes(tool)
  const anywhere = wanted === null || wanted.has('*')
  return {
    name,
    description,
    prompt: body,
    allows: (tool) =>
      ALWAYS.has(tool.name) || (!unwanted.has(tool.name) && (anywhere || wanted.has(tool.name))),
    readOnly: !anywhere && ![...wanted].some((tool) => hasEffect(tool) && !unwanted.has(tool)),
  }
}

/** The kinds there are: those that a person or a trusted file defines come before the built-in ones of the same name. */
export function agentTypes(conventions: readonly Convention[]): AgentType[] {
  const own = conventions.filter(({ kind }) => kind === 'agent').map(defined)
  const taken = new Set(own.map(({ name }) => name))
  return [...own, ...[GENERAL, EXPLORE].filter(({ name }) => !taken.has(name))]
}
