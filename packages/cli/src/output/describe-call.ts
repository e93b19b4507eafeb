import { oneLine } from './format.ts'

const SUBJECT = ['command', 'path', 'pattern', 'query', 'ref', 'process', 'text', 'summary'] as const

/** What a tool call is about, in a few words: its most telling argument. */
export function describeCall(args: string, width: number): string {
  let parsed: unknown
  try {
    parsed = JSON.parse(args)
  } catch {
    return oneLine(args, width)
  }
  if (typeof parsed !== 'object' || parsed === null) return oneLine(args, width)
  const patch: unknown = Reflect.get(parsed, 'patch')
  if (typeof patch === 'string') {
    const files = [...patch.matchAll(/^\*\*\* (?:Update|Add|Delete) File: (.+)$/gm)].map(
      (match) => match[1] ?? '',
    )
    return oneLine(files.join(', '), width)
  }
  for (const key of SUBJECT) {
    const value: unknown = Reflect.get(parsed, key)
    if (typeof value === 'string' && value !== '') return oneLine(value, width)
  }
  return ''
}
