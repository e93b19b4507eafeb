import { AgentError } from '../errors.ts'
import type { Convention, Conventions } from '../skills/convention.ts'

/** What a line with a slash command stands for. */
export interface Expanded {
  text: string
  via: { kind: Convention['kind']; name: string; path: string; sha256: string }
}

const LINE = /^\/([a-z0-9][a-z0-9._:-]*)(?:\s+([\s\S]*))?$/u

function fill(body: string, given: string): string {
  const words = given.split(/\s+/u).filter(Boolean)
  const named = /\$(?:ARGUMENTS|[1-9])(?![A-Za-z0-9_])/u.test(body)
  if (!named) return given === '' ? body : `${body}\n\n${given}`
  // A function, so that `$` in what was given stands for itself.
  return body.replaceAll(/\$(ARGUMENTS|[1-9])(?![A-Za-z0-9_])/gu, (_whole, key: string) =>
    key === 'ARGUMENTS' ? given : (words[Number(key) - 1] ?? ''),
  )
}

/**
 * Expands `/NAME ARGUMENTS` of a command, or `/skill NAME REST`; null where the text is a message as it stands. Throws
 * `AgentError` `inactive-command` where one of that name exists and does not count, `unknown-skill` where there is none.
 */
export function expandCommand({ active, leftOut }: Conventions, text: string): Expanded | null {
  const line = LINE.exec(text.trim())
  if (line === null) return null
  const [, word = '', words = ''] = line
  const asked = word === 'skill' ? /^(\S+)\s*([\s\S]*)$/u.exec(words) : null
  if (word === 'skill' && asked === null) return null
  const kind = asked === null ? 'command' : 'skill'
  const [name, given] = asked === null ? [word, words.trim()] : [asked[1] ?? '', (asked[2] ?? '').trim()]
  const found = active.find((each) => each.kind === kind && each.name === name)
  if (found === undefined) {
    const out = leftOut.find((each) => each.kind === kind && each.name === name)
    if (out !== undefined)
      throw new AgentError(
        'inactive-command',
        `The ${kind} ${name} (${out.path}) is left out: ${out.why}`,
        'See `cairn skills`.',
      )
    if (asked === null) return null
    throw new AgentError('unknown-skill', `There is no skill ${name}`, 'See `cairn skills`.')
  }
  const via = { kind, name, path: found.path, sha256: found.sha256 } as const
  if (kind === 'command') return { text: fill(found.body, given), via }
  const rest = given === '' ? '' : `\n\n${given}`
  return { text: `Follow the skill ${name} (${found.path}):\n\n${found.body}${rest}`, via }
}
