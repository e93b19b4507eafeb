const SUBJECT = ['command', 'path', 'pattern', 'query', 'ref', 'process', 'text', 'summary'] as const

/** What a tool call is about: its most telling argument, as it is. Empty where none tells. */
export function callSubject(args: string): string {
  let parsed: unknown
  try {
    parsed = JSON.parse(args)
  } catch {
    return args
  }
  if (typeof parsed !== 'object' || parsed === null) return args
  const patch: unknown = Reflect.get(parsed, 'patch')
  if (typeof patch === 'string')
    return [...patch.matchAll(/^\*\*\* (?:Update|Add|Delete) File: (.+)$/gm)]
      .map((match) => match[1] ?? '')
      .join(', ')
  for (const key of SUBJECT) {
    const value: unknown = Reflect.get(parsed, key)
    if (typeof value === 'string' && value !== '') return value
  }
  return ''
}
