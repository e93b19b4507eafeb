import type { Item, ToolDeclaration } from '@cairn/models'
import type { Validator } from '../context.ts'
import { checkTools } from './check-tools.ts'
import { createItemChecker } from './item-checker.ts'
import { SHAPE_RULES } from './shape-rules.ts'
import { createSink, type Violation, type Wire } from './violation.ts'

/**
 * A validator that remembers the prefix it has checked: of a request that extends the last one it checks only what was
 * appended. The prefix counts as the same where the items are the same objects (the array itself may be a new one), so
 * an item must not be changed in place once it has been sent. Anything else is checked from the start.
 */
export function createIncrementalValidator(wire: Wire): Validator {
  const rules = SHAPE_RULES[wire]
  let checker = createItemChecker(rules)
  let checked: Item[] = []
  let toolsChecked: readonly ToolDeclaration[] | null = null
  let toolViolations: Violation[] = []

  return (items, tools) => {
    if (tools !== toolsChecked) {
      const sink = createSink()
      checkTools(sink, rules, tools)
      toolViolations = sink.found
      toolsChecked = tools
    }
    if (!extendsPrefix(checked, items)) {
      checker = createItemChecker(rules)
      checked = []
    }
    for (let i = checked.length; i < items.length; i++) {
      const item = items[i]
      if (item === undefined) break
      checker.step(item)
      checked.push(item)
    }
    return [...toolViolations, ...checker.end(tools.length)]
  }
}

function extendsPrefix(prefix: readonly Item[], items: readonly Item[]): boolean {
  if (prefix.length > items.length) return false
  for (let i = 0; i < prefix.length; i++) if (prefix[i] !== items[i]) return false
  return true
}
