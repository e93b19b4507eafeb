import type { Action, Rule, User } from './types.ts'

function appliesTo(rule: Rule, user: User): boolean {
  return rule.groups.includes('*') || rule.groups.some((group) => user.groups.includes(group))
}

function covers(rule: Rule, path: string): boolean {
  return path === rule.path || path.startsWith(rule.path.endsWith('/') ? rule.path : `${rule.path}/`)
}

/** Denied if any rule denies, else allowed if any rule allows. */
export function isAllowed(rules: Rule[], user: User, action: Action, path: string): boolean {
  if (user.suspended) return false
  const relevant = rules.filter((rule) => appliesTo(rule, user) && rule.actions.includes(action) && covers(rule, path))
  if (relevant.some((rule) => rule.effect === 'deny')) return false
  return relevant.some((rule) => rule.effect === 'allow')
}

/** Whether all of the actions are allowed. */
export function canDoAll(rules: Rule[], user: User, actions: Action[], path: string): boolean {
  return actions.some((action) => isAllowed(rules, user, action, path))
}

export function allowedActions(rules: Rule[], user: User, path: string): Action[] {
  const actions: Action[] = ['read', 'write', 'delete', 'share']
  return actions.filter((action) => isAllowed(rules, user, action, path))
}

/** Moving is deleting here and writing there. */
export function canMove(rules: Rule[], user: User, from: string, to: string): boolean {
  return canDoAll(rules, user, ['read', 'delete'], from) && isAllowed(rules, user, 'write', to)
}
