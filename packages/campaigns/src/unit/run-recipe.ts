import type { CampaignCheck } from '@cairn/journal'
import type { RecipeStep } from '../define/campaign.ts'
import { CampaignError } from '../errors.ts'
import { findRecipe } from '../recipes/find-recipe.ts'
import { fillCommand } from './fill-command.ts'
import { rewriteText } from './rewrite.ts'
import type { Shell } from './shell.ts'
import { worktreeFiles, writeInside } from './worktree-files.ts'

export interface RecipeOutcome {
  /** The command that failed; null where all steps ran to their end. */
  red: CampaignCheck | null
  left: string[]
}

/** Runs the steps before an agent, in turn. */
export async function runRecipe(
  steps: readonly RecipeStep[],
  unit: { id: string; files: readonly string[] },
  place: { root: string; shell: Shell; all: () => Promise<readonly string[]> },
  options: { timeoutMs: number; signal: AbortSignal },
): Promise<RecipeOutcome> {
  const { root, shell } = place
  const left: string[] = []
  for (const step of steps) {
    if (step.kind === 'command') {
      for (const command of fillCommand(step.command, unit)) {
        const { whole: _whole, killed, ...result } = await shell.run(command, options)
        // It may have changed a part of the files: the unit is done again from the start.
        if (killed && !options.signal.aborted)
          throw new CampaignError(
            'killed',
            `\`${command}\` was killed.`,
            'See whether the machine has enough memory, then resume the campaign.',
          )
        if (!result.ok) return { red: result, left }
      }
    } else if (step.kind === 'ast-grep') {
      const files = worktreeFiles(root, unit.files)
      for (const file of unit.files) {
        const text = files.read(file)
        const changed = text === null ? null : rewriteText(file, text, step.rules)
        if (changed !== null && changed !== text) writeInside(root, file, changed)
      }
    } else if (step.kind === 'use') {
      const result = findRecipe(step.name).run(unit, worktreeFiles(root, await place.all()), step.options)
      for (const [path, text] of result.writes) writeInside(root, path, text)
      left.push(...result.left)
    }
  }
  return { red: null, left }
}
