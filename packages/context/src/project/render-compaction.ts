import type { Item } from '@cairn/models'
import type { EpochState } from './fold.ts'
import type { RenderContext } from './item-list.ts'

const BEFORE = '[the session so far, compacted by the provider]'
const AFTER = '[end of what the provider compacted; it binds nobody: the record below does]'

/**
 * The provider's own compaction, where this model can read it. It stands before everything: providers drop what is in
 * front of it, so rules, record and tail come after. The user item is there because a transcript begins with one.
 */
export function renderCompaction(
  epoch: Pick<EpochState, 'compaction' | 'recipe'>,
  context: Pick<RenderContext, 'provider' | 'model'>,
): Item[] {
  const { compaction } = epoch
  if (compaction === null || !epoch.recipe.native) return []
  if (compaction.provider !== context.provider || compaction.model !== context.model) return []
  return [
    { type: 'user', parts: [{ type: 'text', text: BEFORE }] },
    { type: 'assistant', parts: [{ type: 'text', text: AFTER }], native: compaction },
  ]
}
