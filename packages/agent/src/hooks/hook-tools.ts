import type { Json } from '@cairn/journal'
import { patchPaths } from '@cairn/workspace'
import { isAbsolute, relative, resolve } from 'node:path'

/** A call as a hook sees it. */
export interface HookCall {
  /** Names that a matcher may have for it; the first is the one that the hook is told. */
  names: readonly [string, ...string[]]
  input: { [key: string]: Json }
}

type Args = { [key: string]: Json }

/** cairn's own bookkeeping, which has no counterpart elsewhere and no effect. */
const UNHOOKED = new Set(['finish', 'note', 'recall', 'tool_search'])

const record = (args: Json): Args =>
  typeof args === 'object' && args !== null && !Array.isArray(args) ? args : {}

const renamed = (args: Args, names: Readonly<Record<string, string>>): Args =>
  Object.fromEntries(
    Object.entries(names).flatMap(([from, to]) => {
      const value = args[from]
      return value === undefined ? [] : [[to, value]]
    }),
  )

const READ = { first: 'offset' }
const EDIT = { old: 'old_string', new: 'new_string', all: 'replace_all' }
const SEARCH = { pattern: 'pattern', path: 'path', glob: 'glob', ignore_case: '-i', context: '-C' }

/** The counterparts of a call for hooks that were written for Claude Code: one for each file of a patch. */
export function hookCalls(root: string, tool: string, given: Json): HookCall[] {
  const args = record(given)
  const path = args['path']
  const file = (name: Json | undefined): Args =>
    typeof name === 'string' ? { file_path: resolve(root, name) } : {}
  switch (tool) {
    case 'finish':
    case 'note':
    case 'recall':
    case 'tool_search':
      return []
    case 'exec':
      return [
        {
          names: ['Bash', tool],
          input: { ...renamed(args, { command: 'command', timeout_ms: 'timeout', cwd: 'cwd' }) },
        },
      ]
    case 'write_stdin':
      // What is typed into a shell is a command as well.
      return [{ names: ['Bash', tool], input: renamed(args, { text: 'command', process: 'process' }) }]
    case 'read': {
      const { first, last } = args
      const limit: Args =
        typeof last === 'number' ? { limit: last - (typeof first === 'number' ? first : 1) + 1 } : {}
      return [{ names: ['Read', tool], input: { ...file(path), ...renamed(args, READ), ...limit } }]
    }
    case 'search':
      return [{ names: ['Grep', tool], input: renamed(args, SEARCH) }]
    case 'list':
      return [
        {
          names: ['Glob', 'LS', tool],
          input: { pattern: args['glob'] ?? '**', ...renamed(args, { path: 'path' }) },
        },
      ]
    case 'edit':
      return args['old'] === ''
        ? [{ names: ['Write', tool], input: { ...file(path), content: args['new'] ?? '' } }]
        : [{ names: ['Edit', 'MultiEdit', tool], input: { ...file(path), ...renamed(args, EDIT) } }]
    case 'apply_patch': {
      const patch = args['patch']
      if (typeof patch !== 'string') return []
      return patchPaths(patch).map((name) => ({
        names: ['Edit', 'Write', 'MultiEdit', tool],
        input: { ...file(name), patch },
      }))
    }
    case 'plan':
      return [{ names: ['TodoWrite', tool], input: args }]
    case 'task':
      return [
        {
          names: ['Task', 'Agent', tool],
          input: renamed(args, { task: 'prompt', agent: 'subagent_type', description: 'description' }),
        },
      ]
    case 'skill':
      return [{ names: ['Skill', tool], input: renamed(args, { name: 'skill' }) }]
    default:
      return UNHOOKED.has(tool) ? [] : [{ names: [tool], input: args }]
  }
}

/** The arguments of a call with the input that a hook wants instead; null where cairn cannot carry that over. */
export function withHookInput(root: string, tool: string, given: Json, input: Args): Args | null {
  const args = record(given)
  const path = input['file_path']
  const own = (name: Json | undefined): Args =>
    typeof name !== 'string' ? {} : { path: isAbsolute(name) ? relative(root, name) || '.' : name }
  const back = (names: Readonly<Record<string, string>>): Args =>
    renamed(input, Object.fromEntries(Object.entries(names).map(([from, to]) => [to, from])))
  if (tool.startsWith('mcp__')) return input
  switch (tool) {
    case 'exec':
      return { ...args, ...renamed(input, { command: 'command' }) }
    case 'read': {
      const first = typeof input['offset'] === 'number' ? input['offset'] : undefined
      const limit = typeof input['limit'] === 'number' ? input['limit'] : undefined
      return {
        ...args,
        ...own(path),
        ...(first === undefined ? {} : { first }),
        ...(limit === undefined ? {} : { last: (first ?? 1) + limit - 1 }),
      }
    }
    case 'search':
      return { ...args, ...back(SEARCH) }
    case 'edit':
      return args['old'] === ''
        ? { ...args, ...own(path), ...renamed(input, { content: 'new' }) }
        : { ...args, ...own(path), ...back(EDIT) }
    default:
      return null
  }
}
