import type { Item, ToolDeclaration } from '@cairn/models'
import type { Validator } from '../context.ts'
import { checkTools } from './check-tools.ts'
import { createItemChecker } from './item-checker.ts'
import { SHAPE_RULES } from './shape-rules.ts'
import { createSink, type Violation, type Wire, WIRES } from './violation.ts'

/**
 * Checks neutral items against the rules of one provider, as they stand after a codec has merged neighbours of the
 * same role. One pass, no copies. What only shows in the body (signatures, cache controls) is left to `validateWire`.
 */
export function validateItems(
  wire: Wire,
  items: readonly Item[],
  tools: readonly ToolDeclaration[],
): Violation[] {
  const rules = SHAPE_RULES[wire]
  const sink = createSink()
  checkTools(sink, rules, tools)
  const checker = createItemChecker(rules)
  for (const item of items) checker.step(item)
  return [...sink.found, ...checker.end(tools.length)]
}

export const VALIDATORS: Record<Wire, Validator> = {
  responses: (items, tools) => validateItems('responses', items, tools),
  chat: (items, tools) => validateItems('chat', items, tools),
  messages: (items, tools) => validateItems('messages', items, tools),
  gemini: (items, tools) => validateItems('gemini', items, tools),
}

/** All four at once, each violation with its wire: for a transcript that may be continued with another provider. */
export function validateEverywhere(
  items: readonly Item[],
  tools: readonly ToolDeclaration[],
): (Violation & { wire: Wire })[] {
  return WIRES.flatMap((wire) => VALIDATORS[wire](items, tools).map((violation) => ({ ...violation, wire })))
}
