import type { RecipeStep, RewriteRule } from './campaign.ts'
import { bad, mapping, text } from './read-value.ts'

const KINDS = ['command', 'ast-grep', 'use', 'agent']

/** Reads `recipe`: a word, a mapping, or a list of them that run in turn. An agent comes last. */
export function parseRecipe(value: unknown, shipped: readonly string[]): RecipeStep[] {
  if (value === undefined)
    bad('recipe', 'is missing', 'Give a command, an ast-grep rewrite, one that ships (use: NAME), or agent.')
  const parts = Array.isArray(value) ? value : [value]
  const many = Array.isArray(value)
  const steps = parts.flatMap((part, index) => parseStep(part, many ? `recipe[${index}]` : 'recipe', shipped))
  if (steps.length === 0) bad('recipe', 'has no step', 'Give at least one of command, ast-grep, use, agent.')
  const agent = steps.findIndex((step) => step.kind === 'agent')
  if (agent !== -1 && agent !== steps.length - 1)
    bad(
      'recipe',
      'has steps behind the agent',
      'The agent finishes what other steps left: put it last, once.',
    )
  return steps
}

function parseStep(value: unknown, where: string, shipped: readonly string[]): RecipeStep[] {
  if (value === 'agent') return [{ kind: 'agent', instructions: null }]
  const fields = mapping(value, where, [...KINDS, 'options'])
  const steps: RecipeStep[] = []
  if (fields['command'] !== undefined)
    steps.push({ kind: 'command', command: text(fields['command'], `${where}.command`) })
  if (fields['ast-grep'] !== undefined)
    steps.push({ kind: 'ast-grep', rules: parseRules(fields['ast-grep'], `${where}.ast-grep`) })
  if (fields['use'] !== undefined) {
    const name = text(fields['use'], `${where}.use`)
    if (!shipped.includes(name))
      bad(`${where}.use`, `there is no recipe ${JSON.stringify(name)}`, `Known: ${shipped.join(', ')}.`)
    const options = fields['options'] === undefined ? {} : fields['options']
    if (typeof options !== 'object' || options === null || Array.isArray(options))
      bad(`${where}.options`, 'has to be a mapping', 'See docs/campaigns.md for the options of each recipe.')
    steps.push({ kind: 'use', name, options: { ...options } })
  } else if (fields['options'] !== undefined) bad(`${where}.options`, 'goes with use only', 'Remove it.')
  const agent = fields['agent']
  if (agent !== undefined && agent !== false)
    steps.push({ kind: 'agent', instructions: agent === true ? null : text(agent, `${where}.agent`) })
  return steps
}

function parseRules(value: unknown, where: string): RewriteRule[] {
  const many = Array.isArray(value)
  const parts: unknown[] = many ? value : [value]
  return parts.map((part, index) => {
    const at = many ? `${where}[${index}]` : where
    const fields = mapping(part, at, ['pattern', 'rewrite', 'fix', 'language'])
    const rewrite = fields['rewrite'] ?? fields['fix']
    if (typeof rewrite !== 'string')
      bad(`${at}.rewrite`, 'is missing', 'Give the text that takes the place of a match; "" removes it.')
    return {
      pattern: text(fields['pattern'], `${at}.pattern`),
      rewrite,
      language: fields['language'] === undefined ? null : text(fields['language'], `${at}.language`),
    }
  })
}
