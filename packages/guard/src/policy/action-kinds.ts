import { outsideEffect, publishes } from '../labels/destinations.ts'
import { namesPrivateFile } from '../labels/label.ts'
import type { SimpleCommand } from '../shell/analysis.ts'
import { readings } from './match-command.ts'
import type { Action, ActionKind } from './rule.ts'

/** What an action amounts to, for rules that are about that and not about how it is written. */
export function actionKinds(action: Action, commands: readonly SimpleCommand[]): ReadonlySet<ActionKind> {
  const kinds = new Set<ActionKind>()
  const effect = outsideEffect(commands)
  if (effect.sends || action.host !== undefined) kinds.add('egress')
  for (const { kind } of effect.destinations) kinds.add(kind === 'package' ? 'install' : 'egress')
  for (const argv of commands.flatMap(readings)) {
    if (publishes(argv)) kinds.add('publish')
    const [name, verb] = argv
    if (name === 'git' && verb === 'push') kinds.add('merge')
    if (name === 'gh' && verb === 'pr' && argv.includes('merge')) kinds.add('merge')
  }
  const named = [action.command ?? '', ...(action.paths ?? [])]
  if (named.some(namesPrivateFile)) kinds.add('secret')
  return kinds
}
