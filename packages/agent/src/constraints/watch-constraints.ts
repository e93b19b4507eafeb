import type { CheckResult } from '@cairn/journal'
import type { Checkpoint, Checkpoints, TreeChange } from '@cairn/workspace'
import type { Constraints } from './create-constraints.ts'
import { describeViolation, type ProposedChange } from './constraint-rule.ts'

/** Files whose contents are compared; of more only the paths count. */
const MAX_READ = 300

/** What the statements of the session say against the work of this turn, as it now stands on disk. */
export interface ConstraintWatch {
  /** After commands, which change files without asking: what is newly against a statement, in words. Cheap without rules. */
  afterCommands(): Promise<string[]>
  /** Everything that is against a statement now, commands that must pass included. */
  unmet(signal: AbortSignal): Promise<string[]>
}

/** `start` is the checkpoint before the first effect of the turn; null where there was no effect. */
export function watchConstraints(deps: {
  constraints: Constraints
  checkpoints: Checkpoints
  start: () => Promise<Checkpoint | null>
  read: (path: string) => string | null
  run: (command: string, signal: AbortSignal) => Promise<CheckResult>
  treeHash: () => Promise<string>
}): ConstraintWatch {
  const { constraints, checkpoints, start, read } = deps
  const told = new Set<string>()
  /** Commands that passed, with the tree on which they did. */
  const green = new Map<string, string>()

  async function changes(): Promise<ProposedChange[]> {
    const from = await start()
    if (from === null) return []
    const changed = await checkpoints.changes(from, await checkpoints.take())
    return Promise.all(changed.map((change, index) => proposed(from, change, index < MAX_READ)))
  }
  async function proposed(
    from: Checkpoint,
    { path, op }: TreeChange,
    whole: boolean,
  ): Promise<ProposedChange> {
    if (!whole) return { path, before: op === 'added' ? null : '?', after: op === 'deleted' ? null : '!' }
    const before = op === 'added' ? null : await checkpoints.read(from, path)
    return { path, before, after: op === 'deleted' ? null : (read(path) ?? '') }
  }
  async function inFiles(): Promise<string[]> {
    const found = constraints.violations(await changes()).map(describeViolation)
    for (const rule of constraints.rules())
      if (rule.kind === 'exists' && read(rule.path) === null)
        found.push(describeViolation({ rule, what: `${rule.path} does not exist` }))
    return [...new Set(found)]
  }
  return {
    async afterCommands() {
      if (!constraints.rules().some(({ kind }) => kind !== 'command' && kind !== 'exists')) return []
      const found = constraints.violations(await changes()).map(describeViolation)
      const fresh = [...new Set(found)].filter((text) => !told.has(text))
      for (const text of fresh) told.add(text)
      return fresh
    },
    async unmet(signal) {
      const rules = constraints.rules()
      if (rules.length === 0) return []
      const found = await inFiles()
      for (const rule of rules) {
        if (rule.kind !== 'command') continue
        const tree = await deps.treeHash()
        if (green.get(rule.command) === tree) continue
        const result = await deps.run(rule.command, signal)
        if (result.ok) green.set(rule.command, result.treeAfter)
        else
          found.push(
            describeViolation({ rule, what: `\`${rule.command}\` fails (exit ${result.exit ?? 'none'})` }),
          )
      }
      return found
    },
  }
}
