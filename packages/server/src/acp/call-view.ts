import type { ToolCallContent, ToolCallLocation, ToolKind } from '@agentclientprotocol/sdk'
import { escapeForDisplay } from '@cairn/guard'
import { resolve } from 'node:path'
import { callSubject } from '../view/call-subject.ts'
import { diffOfCall } from '../view/diff-lines.ts'

const KINDS: Readonly<Record<string, ToolKind>> = {
  read: 'read',
  recall: 'read',
  list: 'search',
  search: 'search',
  symbols: 'search',
  localize: 'search',
  edit: 'edit',
  apply_patch: 'edit',
  exec: 'execute',
  write_stdin: 'execute',
  experiment: 'execute',
  skill: 'think',
  note: 'think',
  plan: 'think',
  task: 'other',
}

const TITLE = 200

/** How a call is shown before it has run. */
export interface CallView {
  title: string
  kind: ToolKind
  content: ToolCallContent[]
  locations: ToolCallLocation[]
  rawInput: unknown
}

interface FileChange {
  verb: string
  path: string
  before: string[]
  after: string[]
}

/** The change of each file as text before and after, unchanged lines around it included as far as the call has them. */
function changesOf(args: string): FileChange[] {
  const changes: FileChange[] = []
  for (const { type, text } of diffOfCall(args) ?? []) {
    if (type === 'file') {
      const [, verb = 'update', path = text] = /^(\S+) (.+)$/u.exec(text) ?? []
      changes.push({ verb, path, before: [], after: [] })
      continue
    }
    const last = changes.at(-1)
    if (last === undefined) continue
    const gap = type === 'hunk' && last.before.length + last.after.length > 0
    if (type === 'del' || type === 'same' || gap) last.before.push(gap ? '…' : text)
    if (type === 'add' || type === 'same' || gap) last.after.push(gap ? '…' : text)
  }
  return changes
}

function parsed(args: string): unknown {
  try {
    return JSON.parse(args)
  } catch {
    return args
  }
}

function pathOf(input: unknown): string | null {
  if (typeof input !== 'object' || input === null) return null
  const path: unknown = Reflect.get(input, 'path')
  return typeof path === 'string' ? path : null
}

/** Paths of the protocol are absolute. */
export function viewCall(tool: string, args: string, cwd: string): CallView {
  const subject = callSubject(args)
    .slice(0, 4 * TITLE)
    .replace(/\s+/gu, ' ')
    .trim()
  const cut = subject.length > TITLE ? `${subject.slice(0, TITLE)}…` : subject
  const changes = changesOf(args).filter(({ path }) => !path.startsWith('to: '))
  const rawInput = parsed(args)
  const named = pathOf(rawInput)
  const paths = changes.length > 0 ? changes.map(({ path }) => path) : named === null ? [] : [named]
  return {
    title: escapeForDisplay(`${tool} ${cut}`.trim()),
    kind: KINDS[tool] ?? 'other',
    locations: [...new Set(paths)].map((path) => ({ path: resolve(cwd, path) })),
    content: changes.map(({ verb, path, before, after }) => ({
      type: 'diff',
      path: resolve(cwd, path),
      ...(verb === 'add' ? {} : { oldText: before.join('\n') }),
      newText: after.join('\n'),
    })),
    rawInput,
  }
}
