import { HOOK_EVENTS, type Hook, type ReadHooks } from './hook.ts'

/** Milliseconds for one hook, where it does not say. */
const DEFAULT_MS = 60_000
const MOST_MS = 600_000
const LONGEST_MATCHER = 500
const MOST_HOOKS = 200

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

function matcherOf(value: unknown): { ok: true; value: RegExp | null } | { ok: false } {
  if (value === undefined || value === '' || value === '*') return { ok: true, value: null }
  if (typeof value !== 'string' || value.length > LONGEST_MATCHER) return { ok: false }
  try {
    return { ok: true, value: new RegExp(`^(?:${value})$`, 'u') }
  } catch {
    return { ok: false }
  }
}

/** Milliseconds; null where it is no number of seconds. */
function timeoutOf(value: unknown): number | null {
  if (value === undefined) return DEFAULT_MS
  return typeof value === 'number' && value > 0 ? Math.min(value * 1_000, MOST_MS) : null
}

/**
 * Reads the table `hooks` of a settings file as other agents write it: moment → list of `{ matcher, hooks: [{ type:
 * "command", command, timeout }] }`. A mistake leaves out that one hook, and is said; nothing throws.
 */
export function readHooks(text: string, file: string): ReadHooks {
  const hooks: Hook[] = []
  const problems: string[] = []
  const say = (what: string) => problems.push(`${file}: ${what}`)
  let parsed: unknown
  try {
    parsed = JSON.parse(text)
  } catch (error) {
    say(
      `no hook of it is active, because it is not JSON: ${error instanceof Error ? error.message : String(error)}`,
    )
    return { hooks, problems }
  }
  const table = isRecord(parsed) ? parsed['hooks'] : undefined
  if (table === undefined) return { hooks, problems }
  if (isRecord(parsed) && parsed['disableAllHooks'] === true) return { hooks, problems }
  if (!isRecord(table)) {
    say('no hook of it is active: "hooks" is not a table of moments')
    return { hooks, problems }
  }
  for (const [name, groups] of Object.entries(table)) {
    const event = HOOK_EVENTS.find((known) => known === name)
    if (event === undefined) {
      say(`the hooks of ${JSON.stringify(name)} are left out: known are ${HOOK_EVENTS.join(', ')}`)
      continue
    }
    if (!Array.isArray(groups)) {
      say(`the hooks of ${event} are left out: they are not a list`)
      continue
    }
    for (const [at, group] of groups.entries()) {
      const where = `${event}[${at}]`
      const list: unknown = isRecord(group) ? group['hooks'] : null
      const matcher = matcherOf(isRecord(group) ? group['matcher'] : undefined)
      if (!Array.isArray(list)) say(`${where} is left out: it has no list "hooks"`)
      else if (!matcher.ok) say(`${where} is left out: its "matcher" is no regular expression`)
      else
        for (const each of list) {
          const one: Record<string, unknown> = isRecord(each) ? each : {}
          const { type = 'command', command, timeout } = one
          const timeoutMs = timeoutOf(timeout)
          if (type !== 'command')
            say(`a hook of ${where} is left out: only "type": "command" is run, not ${JSON.stringify(type)}`)
          else if (typeof command !== 'string' || command.trim() === '')
            say(`a hook of ${where} is left out: it has no "command"`)
          else if (timeoutMs === null)
            say(`a hook of ${where} is left out: "timeout" is not a number of seconds`)
          else if (hooks.length >= MOST_HOOKS)
            say(`a hook of ${where} is left out: at most ${MOST_HOOKS} run`)
          else hooks.push({ event, matcher: matcher.value, command, timeoutMs, file, scripts: new Map() })
        }
    }
  }
  return { hooks, problems }
}
