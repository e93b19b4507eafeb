import { CampaignError } from '../errors.ts'

/** Says where in the file something is wrong, and what would be right. */
export function bad(where: string, problem: string, hint: string): never {
  throw new CampaignError('bad-campaign', `${where}: ${problem}`, hint)
}

const kindOf = (value: unknown) =>
  value === null || value === undefined ? 'nothing' : Array.isArray(value) ? 'a list' : `a ${typeof value}`

export type Fields = { readonly [name: string]: unknown }

/** A mapping whose keys are all among `known`. */
export function mapping(value: unknown, where: string, known: readonly string[]): Fields {
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    bad(where, `has to be a mapping, not ${kindOf(value)}`, `Known fields: ${known.join(', ')}.`)
  for (const key of Object.keys(value))
    if (!known.includes(key))
      bad(where, `does not know the field ${JSON.stringify(key)}`, `Known fields: ${known.join(', ')}.`)
  return { ...value }
}

export function text(value: unknown, where: string): string {
  if (typeof value !== 'string' || value.trim() === '')
    bad(
      where,
      `has to be a text that is not empty, not ${kindOf(value)}`,
      'Put it in quotes if it holds : or #.',
    )
  if (value.includes('\0')) bad(where, 'holds a NUL character', 'Remove it.')
  return value.trim()
}

/** One text or a list of them. Nothing gives an empty list. */
export function texts(value: unknown, where: string): string[] {
  if (value === undefined || value === null) return []
  return Array.isArray(value)
    ? value.map((item, index) => text(item, `${where}[${index}]`))
    : [text(value, where)]
}

export function number(
  value: unknown,
  where: string,
  rule: { least: number; most?: number; integer?: boolean },
): number {
  const { least, most = Number.MAX_SAFE_INTEGER, integer = false } = rule
  if (
    typeof value !== 'number' ||
    !(value >= least && value <= most) ||
    (integer && !Number.isInteger(value))
  )
    bad(
      where,
      `has to be a ${integer ? 'whole ' : ''}number from ${least}${rule.most === undefined ? '' : ` to ${most}`}, not ${JSON.stringify(value)}`,
      'Correct the value.',
    )
  return value
}

export function flag(value: unknown, where: string): boolean {
  if (value === undefined) return false
  if (typeof value !== 'boolean')
    bad(where, `has to be true or false, not ${kindOf(value)}`, 'Correct the value.')
  return value
}
