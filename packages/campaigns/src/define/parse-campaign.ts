import { parseDocument } from 'yaml'
import { CampaignError } from '../errors.ts'
import type { Campaign, CampaignBudget } from './campaign.ts'
import { parseRecipe } from './parse-recipe.ts'
import { parseUnits } from './parse-units.ts'
import { bad, mapping, number, text, texts, type Fields } from './read-value.ts'

const FIELDS = [
  'name',
  'goal',
  'constraints',
  'units',
  'order',
  'last',
  'recipe',
  'check',
  'canary',
  'budget',
  'stop',
  'batch',
  'attempts',
  'branch',
  'base',
]

/**
 * Reads a campaign file (YAML, or JSON). `shipped`: names of recipes that come with cairn; `fallbackName`: where the file
 * gives none. Throws `CampaignError` `bad-campaign` that names the place.
 */
export function parseCampaign(source: string, fallbackName: string, shipped: readonly string[]): Campaign {
  const document = parseDocument(source, { prettyErrors: true, stringKeys: true })
  const [fault] = document.errors
  if (fault !== undefined)
    throw new CampaignError(
      'bad-campaign',
      `The file is no YAML: ${fault.message.trim()}`,
      'Correct that place.',
    )
  // An alias bomb is a value of this file too.
  let value: unknown
  try {
    value = document.toJS({ maxAliasCount: 100 })
  } catch (cause) {
    throw new CampaignError('bad-campaign', 'The file has too many aliases.', 'Write them out.', { cause })
  }
  const fields = mapping(value, 'campaign', FIELDS)
  const goal = text(fields['goal'], 'goal')
  const recipe = parseRecipe(fields['recipe'], shipped)
  const order = fields['order'] ?? 'imports'
  if (order !== 'imports' && order !== 'cycles' && order !== 'none')
    bad('order', `is ${JSON.stringify(order)}`, 'Give imports (default), cycles or none.')
  return {
    name: fields['name'] === undefined ? fallbackName : text(fields['name'], 'name'),
    goal,
    constraints: texts(fields['constraints'], 'constraints'),
    units: parseUnits(fields['units']),
    order,
    last: texts(fields['last'], 'last'),
    recipe,
    check: parseCheck(fields['check'], recipe.at(-1)?.kind === 'agent'),
    canary: parseCanary(fields['canary']),
    budget: parseBudget(fields['budget']),
    stop: parseStop(fields['stop']),
    batch: fields['batch'] === undefined ? 32 : number(fields['batch'], 'batch', { least: 1, integer: true }),
    attempts:
      fields['attempts'] === undefined
        ? 3
        : number(fields['attempts'], 'attempts', { least: 1, integer: true }),
    branch: fields['branch'] === undefined ? null : branchName(text(fields['branch'], 'branch')),
    base: fields['base'] === undefined ? 'HEAD' : revision(text(fields['base'], 'base')),
  }
}

/** The part of git's rules for names of refs that a file can get wrong. */
function branchName(name: string): string {
  if (/^[-/.]|[\s~^:?*[\\\p{Cc}]|\.\.|@\{|\/\/|[/.]$|\.lock$/u.test(name))
    bad('branch', `${JSON.stringify(name)} is no name for a branch`, 'For example: campaigns/esm')
  return name
}

function revision(name: string): string {
  if (name.startsWith('-'))
    bad('base', `${JSON.stringify(name)} is no revision`, 'Give a commit, tag or branch.')
  return name
}

function parseCheck(value: unknown, agent: boolean): Campaign['check'] {
  if (value === undefined || value === null) {
    if (agent)
      bad(
        'check',
        'is missing',
        'An agent needs a check that says when a unit is right: check: { unit: "npm test" }',
      )
    return { unit: [], batch: [], final: [] }
  }
  if (typeof value === 'string') return { unit: [], batch: [text(value, 'check')], final: [] }
  const fields = mapping(value, 'check', ['unit', 'batch', 'final'])
  return {
    unit: texts(fields['unit'], 'check.unit'),
    batch: texts(fields['batch'], 'check.batch'),
    final: texts(fields['final'], 'check.final'),
  }
}

function parseCanary(value: unknown): number {
  if (value === undefined || value === null || value === false) return 0
  if (typeof value === 'number') return number(value, 'canary', { least: 0, integer: true })
  const fields = mapping(value, 'canary', ['units', 'count'])
  return number(fields['units'] ?? fields['count'], 'canary.units', { least: 0, integer: true })
}

function parseBudget(value: unknown): CampaignBudget {
  const fields: Fields =
    value === undefined || value === null
      ? {}
      : typeof value === 'number'
        ? { usd: value }
        : mapping(value, 'budget', ['usd', 'tokens', 'minutes', 'unit'])
  const unit =
    fields['unit'] === undefined ? {} : mapping(fields['unit'], 'budget.unit', ['usd', 'steps', 'minutes'])
  const optional = (given: unknown, where: string, least = 0) =>
    given === undefined ? null : number(given, where, { least })
  return {
    usd: optional(fields['usd'], 'budget.usd'),
    tokens: optional(fields['tokens'], 'budget.tokens'),
    minutes: optional(fields['minutes'], 'budget.minutes'),
    unitUsd: optional(unit['usd'], 'budget.unit.usd'),
    unitSteps: optional(unit['steps'], 'budget.unit.steps', 1),
    unitMinutes: optional(unit['minutes'], 'budget.unit.minutes', 0.01) ?? 30,
  }
}

function parseStop(value: unknown): Campaign['stop'] {
  const fields =
    value === undefined || value === null ? {} : mapping(value, 'stop', ['failure-rate', 'after'])
  return {
    failureRate:
      fields['failure-rate'] === undefined
        ? 0.5
        : number(fields['failure-rate'], 'stop.failure-rate', { least: 0, most: 1 }),
    after:
      fields['after'] === undefined ? 10 : number(fields['after'], 'stop.after', { least: 1, integer: true }),
  }
}
