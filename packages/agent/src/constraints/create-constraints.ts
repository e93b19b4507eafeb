import type { Entry } from '@cairn/context'
import type { ConstraintRule, ProposedChange, Violation } from './constraint-rule.ts'
import { checkChanges } from './check-changes.ts'
import { publicModules } from './public-modules.ts'
import { readRules } from './read-rules.ts'

/** Whose statements bind a machine: what tools or the model say does not. */
const BINDING = new Set<Entry['authority']>(['system', 'policy', 'user', 'repository'])
const TYPES = new Set<Entry['type']>(['constraint', 'requirement'])

/** The statements of a session that a machine can check. */
export interface Constraints {
  /** As the ledger is now. */
  rules(): ConstraintRule[]
  violations(changes: readonly ProposedChange[]): Violation[]
}

/** `read`: the text of a file of the workspace as it is on disk, null where it is absent or no text. */
export function createConstraints(deps: {
  ledger: () => readonly Entry[]
  read: (path: string) => string | null
}): Constraints {
  const known = new Map<string, ConstraintRule[]>()
  const rulesOf = (entry: Entry): ConstraintRule[] => {
    const key = `${entry.id}\0${entry.text}`
    const found = known.get(key)
    if (found !== undefined) return found
    const { id, authority, text } = entry
    const rules = readRules(text, { entry: id, authority, text })
    known.set(key, rules)
    return rules
  }
  const rules = () =>
    deps
      .ledger()
      .filter(
        ({ authority, status, type }) => status === 'current' && BINDING.has(authority) && TYPES.has(type),
      )
      .flatMap(rulesOf)
  return {
    rules,
    violations(changes) {
      const found = rules()
      return found.length === 0 ? [] : checkChanges(found, changes, publicModules(deps.read))
    },
  }
}
