import { addressSet } from '../egress/address-kind.ts'
import { parseHostPattern } from '../egress/host-pattern.ts'
import { GuardError } from '../errors.ts'
import type { ActionKind, Defaults, Effect, LayerName, PolicyLayer, Rule } from './rule.ts'

const effects: readonly Effect[] = ['deny', 'ask', 'allow']
const lists = ['tool', 'command', 'path', 'host', 'method', 'address'] as const
const budgets = ['upload', 'download'] as const
const asking = ['kind', 'approvers', 'role'] as const
const kinds: readonly ActionKind[] = ['publish', 'merge', 'egress', 'install', 'secret']
const most = 1_000

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)
const isEffect = (value: unknown): value is Effect => effects.some((effect) => effect === value)

/**
 * Reads the text of a policy file. Anything that is not understood is a `GuardError` `bad-policy`: a rule that is left out
 * by mistake would allow what somebody wanted to be refused.
 */
export function parsePolicy(text: string, name: LayerName, file: string): PolicyLayer {
  const fail = (what: string): never => {
    throw new GuardError(
      'bad-policy',
      `${file}: ${what}`,
      'Mend the file; `cairn policy show` reads it. See docs/policy.md.',
    )
  }
  let parsed: unknown
  try {
    parsed = JSON.parse(text)
  } catch (error) {
    return fail(`not valid JSON (${error instanceof Error ? error.message : String(error)})`)
  }
  if (!isRecord(parsed)) return fail('not an object with "version" and "rules"')
  unknownKeys(parsed, ['$schema', 'version', 'rules', 'defaults', 'roles'], 'the file', fail)
  if (parsed['version'] !== 1) return fail('"version" is not 1')
  const rules = parsed['rules'] ?? []
  if (!Array.isArray(rules) || rules.length > most) return fail(`"rules" is not a list of at most ${most}`)
  const seen = new Set<string>()
  const read = rules.map((rule: unknown, index) => {
    const found = readRule(rule, index, fail)
    if (seen.has(found.id)) fail(`two rules have the id ${found.id}`)
    seen.add(found.id)
    if (name === 'project' && found.effect === 'allow')
      fail(`rule ${found.id} allows something, but the file of a project can only deny and ask`)
    return found
  })
  const defaults = readDefaults(parsed['defaults'], fail)
  if (name === 'project' && Object.values(defaults).includes('allow'))
    fail('"defaults" of a project can only deny and ask')
  const roles = readRoles(parsed['roles'], fail)
  if (name === 'project' && Object.keys(roles).length > 0) fail('a project cannot say who has a role')
  for (const { id, role } of read)
    if (role !== undefined && !Object.hasOwn(roles, role))
      fail(`rule ${id}: nobody has the role ${role}; add it to "roles"`)
  return { name, file, rules: read, defaults, ...(Object.keys(roles).length === 0 ? {} : { roles }) }
}

type Fail = (what: string) => never

function readRule(value: unknown, index: number, fail: Fail): Rule {
  const where = `rule ${index + 1}`
  if (!isRecord(value)) return fail(`${where} is not an object`)
  unknownKeys(value, ['id', 'effect', 'reason', ...lists, ...budgets, ...asking], where, fail)
  const { id, effect, reason } = value
  if (typeof id !== 'string' || !/^[a-z0-9][a-z0-9-]{0,63}$/u.test(id))
    return fail(`${where} needs an "id" of small letters, digits and dashes`)
  if (!isEffect(effect)) return fail(`rule ${id}: "effect" is none of ${effects.join(', ')}`)
  if (typeof reason !== 'string' || reason === '' || reason.length > 500)
    return fail(`rule ${id} needs a "reason" of at most 500 characters`)
  const rule: Rule = { id, effect, reason }
  for (const key of lists) {
    const list = value[key]
    if (list === undefined) continue
    if (!Array.isArray(list) || list.length === 0 || list.length > most)
      return fail(`rule ${id}: "${key}" is not a list with something in it`)
    const texts = list.filter(
      (item): item is string => typeof item === 'string' && item.trim() !== '' && item.length <= 1_000,
    )
    if (texts.length !== list.length)
      return fail(`rule ${id}: "${key}" has an item that is no text, or too long`)
    rule[key] = texts
  }
  for (const key of budgets) {
    const bytes = value[key]
    if (bytes === undefined) continue
    if (typeof bytes !== 'number' || !Number.isSafeInteger(bytes) || bytes < 0)
      return fail(`rule ${id}: "${key}" is not a number of bytes`)
    rule[key] = bytes
  }
  readAsking(rule, value, fail)
  checkHosts(rule, fail)
  return rule
}

function readAsking(rule: Rule, value: Record<string, unknown>, fail: Fail): void {
  const { kind, approvers, role } = value
  const { id, effect } = rule
  if (kind !== undefined) {
    const found = Array.isArray(kind) ? kinds.filter((known) => kind.includes(known)) : []
    if (!Array.isArray(kind) || found.length === 0 || found.length !== kind.length)
      fail(`rule ${id}: "kind" is no list of ${kinds.join(', ')}`)
    if (effect === 'allow') fail(`rule ${id}: "kind" can only deny and ask`)
    rule.kind = found
  }
  if ((approvers !== undefined || role !== undefined) && effect !== 'ask')
    fail(`rule ${id}: "approvers" and "role" are only for "ask"`)
  if (approvers !== undefined) {
    if (typeof approvers !== 'number' || !Number.isInteger(approvers) || approvers < 1 || approvers > 5)
      return fail(`rule ${id}: "approvers" is no whole number from 1 to 5`)
    rule.approvers = approvers
  }
  if (role !== undefined) {
    if (typeof role !== 'string' || role === '') return fail(`rule ${id}: "role" is no name`)
    rule.role = role
  }
}

function readRoles(value: unknown, fail: Fail): Record<string, string[]> {
  if (value === undefined) return {}
  if (!isRecord(value)) return fail('"roles" is not an object')
  const roles: Record<string, string[]> = {}
  for (const [role, people] of Object.entries(value)) {
    if (!Array.isArray(people) || people.length === 0 || people.length > most)
      return fail(`"roles": ${JSON.stringify(role)} is not a list of people`)
    const names = people.filter((name): name is string => typeof name === 'string' && name !== '')
    if (names.length !== people.length || role === '__proto__')
      return fail(`"roles": ${JSON.stringify(role)} has something that is no name`)
    roles[role] = names
  }
  return roles
}

function checkHosts(rule: Rule, fail: Fail): void {
  const { id, effect, host } = rule
  for (const text of host ?? []) {
    const pattern = parseHostPattern(text)
    if (pattern === null)
      fail(`rule ${id}: ${JSON.stringify(text)} is no host; write name, *.name or an address, then :port`)
    if (pattern?.name === null && effect === 'allow')
      fail(`rule ${id} allows every host; name those that commands may reach`)
  }
  for (const method of rule.method ?? [])
    if (!/^[A-Z]{1,20}$/u.test(method)) fail(`rule ${id}: ${JSON.stringify(method)} is no HTTP method`)
  if (rule.address !== undefined && addressSet(rule.address) === null)
    fail(`rule ${id}: "address" has something that is neither an address nor a range such as 10.0.0.0/8`)
  const about = (['method', 'address', ...budgets] as const).find((key) => rule[key] !== undefined)
  if (about !== undefined && (host === undefined || rule.command !== undefined || rule.path !== undefined))
    fail(`rule ${id}: "${about}" is only for rules about a "host"`)
  const onlyAllows = (['address', ...budgets] as const).find((key) => rule[key] !== undefined)
  if (onlyAllows !== undefined && effect !== 'allow') fail(`rule ${id}: "${onlyAllows}" is only for "allow"`)
}

function readDefaults(value: unknown, fail: Fail): Defaults {
  if (value === undefined) return {}
  if (!isRecord(value)) return fail('"defaults" is not an object')
  unknownKeys(value, ['exec', 'write'], '"defaults"', fail)
  const read: Defaults = {}
  for (const key of ['exec', 'write'] as const) {
    const effect = value[key]
    if (effect === undefined) continue
    if (!isEffect(effect)) return fail(`"defaults": "${key}" is none of ${effects.join(', ')}`)
    read[key] = effect
  }
  return read
}

function unknownKeys(
  value: Record<string, unknown>,
  known: readonly string[],
  where: string,
  fail: Fail,
): void {
  const found = Object.keys(value).find((key) => !known.includes(key))
  if (found !== undefined) fail(`${where} has ${JSON.stringify(found)}; known are ${known.join(', ')}`)
}
