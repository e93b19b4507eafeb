/**
 * Whether a text that matches the pattern can only consist of characters that are harmless everywhere. `anywhere`: the pattern needs
 * both anchors; `start`: it is matched at the start; `whole`: over the whole text.
 */
export function isSafePattern(pattern: string, anchored: 'anywhere' | 'start' | 'whole'): boolean {
  const start = anchored !== 'anywhere' || /^(?:\^|\\A)/.test(pattern)
  const end = anchored === 'whole' || /(?:\$|\\Z|\\z)\)?$/.test(pattern)
  if (!start || !end) return false
  const inner = pattern.replace(/^(?:\^|\\A)/, '').replace(/(?:\$|\\Z|\\z)$/, '')
  // Alternatives outside of groups have anchors of their own.
  if (/\|/.test(inner) && !/\(.*\|.*\)/.test(inner) && /[\^$]/.test(inner)) return false
  const withoutClasses = inner
    .replace(/\[\^[^\]]*\]/g, ' ')
    .replace(/\[(?:\\.|[^\]\\])*\]/g, (all) => (/[<>"'`;&|$\s]|\\s|\\W|\\S/.test(all) ? ' ' : ''))
  return !/(?<!\\)\.|\\[SWDs]| |["'<>;&`]/.test(withoutClasses)
}

/** Whether replacing what a pattern matches takes out all characters that are dangerous in markup, paths or commands. */
export function strippedKinds(
  pattern: string,
  global: boolean,
): ('everything' | 'xss' | 'path' | 'log' | 'header' | 'command' | 'ldap' | 'prototype' | 'regex')[] {
  if (!global) return []
  const found: ('everything' | 'xss' | 'path' | 'log' | 'header' | 'command' | 'ldap' | 'regex')[] = []
  const kept = /^\(?\[\^((?:\\.|[^\]\\])*)\][+*]?\)?$/.exec(pattern)?.[1]
  if (pattern === '\\W' || pattern === '\\W+' || pattern === '\\D' || pattern === '\\D+')
    return ['everything']
  if (
    kept !== undefined &&
    !/[<>"'`;&|$/\\](?![wd])/.test(kept.replace(/\\[-.wd_]/g, '')) &&
    !/\\s/.test(kept)
  )
    return ['everything']
  if (kept !== undefined && !/[<>"'`;&|$/]/.test(kept)) return ['everything']
  if (/</.test(pattern) && /^\[|^\(|\|/.test(pattern)) found.push('xss')
  const replaced = /^\(?\[((?!\^)(?:\\.|[^\]\\])*)\]\+?\)?$/.exec(pattern)?.[1]
  if (replaced !== undefined && ['*', '(', ')'].every((one) => replaced.includes(one))) found.push('ldap')
  if (replaced !== undefined && ['.', '*', '+', '?', '(', ')'].every((one) => replaced.includes(one)))
    found.push('regex')
  if (/^<$/.test(pattern)) found.push('xss')
  if (/\\r|\\n|\n|\r|\[\\x00|\\s/.test(pattern) && !kept) found.push('log', 'header')
  return found
}
