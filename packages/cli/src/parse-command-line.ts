import { parseArgs } from 'node:util'
import type { CommandSpec, Invocation } from './command.ts'
import { nearest } from './nearest.ts'
import { UsageError } from './usage-error.ts'

/** Reads the words after a command's name, and refuses what the command does not know. */
export function parseCommandLine(
  command: CommandSpec,
  words: readonly string[],
): Omit<Invocation, 'io' | 'call'> {
  const help = `See \`cairn ${command.name} --help\`.`
  const options = { ...command.options, help: { type: 'boolean' as const, short: 'h' } }
  for (const word of words) {
    if (word === '--') break
    const name = /^--([^=]+)/.exec(word)?.[1]
    if (name === undefined || Object.hasOwn(options, name)) continue
    const meant = nearest(name, Object.keys(options))
    throw new UsageError(
      `unknown option --${name} for \`cairn ${command.name}\``,
      meant === null ? help : `Did you mean --${meant}? ${help}`,
    )
  }
  let parsed: Omit<Invocation, 'io' | 'call'>
  try {
    parsed = parseArgs({ args: [...words], options, allowPositionals: true, strict: true })
  } catch (error) {
    const message = error instanceof Error ? (error.message.split(/\. |\n/)[0] ?? '') : String(error)
    const valueless = /^Option '.*?(--[\w-]+).*' argument (?:missing|is ambiguous)/.exec(message)?.[1]
    if (valueless !== undefined) throw new UsageError(`${valueless} needs a value`, help)
    throw new UsageError(message, help)
  }
  const [least, most] = command.positionals
  const given = parsed.positionals.length
  if (parsed.values['help'] !== true && given < least)
    throw new UsageError(`\`cairn ${command.name}\` needs more: ${command.usage}`, help)
  if (given > most) {
    const extra = parsed.positionals.slice(most).join(' ')
    throw new UsageError(
      `too many words for \`cairn ${command.name}\`: ${extra}`,
      most === 1 && command.name === 'run' ? 'Put the task in quotes.' : help,
    )
  }
  return parsed
}

/** A whole number given as an option, or null. */
export function numberOption(
  values: Invocation['values'],
  name: string,
  rule: { integer: boolean; least: number },
): number | null {
  const text = values[name]
  if (text === undefined) return null
  const value = typeof text === 'string' && text.trim() !== '' ? Number(text) : Number.NaN
  if (!Number.isFinite(value) || value < rule.least || (rule.integer && !Number.isInteger(value)))
    throw new UsageError(
      `--${name} takes ${rule.integer ? 'a whole number' : 'a number'} of at least ${rule.least}, not ${JSON.stringify(text)}`,
    )
  return value
}

export function stringOption(values: Invocation['values'], name: string): string | null {
  const value = values[name]
  return typeof value === 'string' ? value : null
}
