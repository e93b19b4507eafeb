import type { Item, UserPart } from '@cairn/models'
import type { Episode } from '../episode/episode.ts'
import type { Disk } from '../registry/render-registries.ts'
import { isStale, type EpochState, type Fold, type FoldContext } from './fold.ts'
import { renderInstructions, type InstructionFile } from './instructions.ts'
import {
  commitNodes,
  imageRoom,
  isIdle,
  newList,
  pushItems,
  type ItemList,
  type RenderContext,
} from './item-list.ts'
import type { Recipe } from './recipe.ts'
import { renderFiles } from './rehydrate.ts'
import { renderCompaction } from './render-compaction.ts'
import { renderImages } from './render-images.ts'
import { renderNode } from './render-node.ts'
import { draftRecord, type RecordDraft, type RecordInput, type RecordSection } from './render-record.ts'
import { noSize } from './tokens.ts'
import type { Node } from './transcript.ts'
import type { View } from './view.ts'
import { voidedSpans, type VoidedSpans } from './voided.ts'

/** What stands before the tail. */
export interface Front {
  items: Item[]
  sections: RecordSection[]
}

/** The record of an epoch while its size is still open. */
export function draftEpoch(
  fold: Fold,
  context: FoldContext & RenderContext,
  epoch: Pick<EpochState, 'number' | 'basis' | 'recipe'>,
  episodes: readonly Episode[],
  disk: Disk,
): RecordDraft {
  return draftRecord(fold, context.limits, recordInput(epoch, context, episodes, disk))
}

/** Renders pinned files, record and current files. Used to plan a switch and to render it. */
export function renderFront(
  fold: Fold,
  context: FoldContext & RenderContext,
  epoch: Pick<EpochState, 'basis' | 'recipe'>,
  pinned: readonly InstructionFile[],
  draft: RecordDraft,
): Front {
  const { recipe, basis } = epoch
  const { limits, load } = context
  const sections = draft.render(recipe.recordTokens)
  const files = renderFiles(recipe.files, basis, load)
  if (files !== '') sections.push({ kind: 'current files', text: files })
  const text = sections.map((section) => section.text).join('')
  const parts: UserPart[] = [{ type: 'text', text }, ...openImages(fold, recipe, context)]
  const front: Item[] = [{ type: 'user', parts, cache: true }]
  const instructions = renderInstructions(pinned, limits.pinnedTokens)
  if (instructions) front.unshift(instructions)
  return { items: front, sections }
}

function recordInput(
  epoch: Pick<EpochState, 'number' | 'basis' | 'recipe'>,
  context: RenderContext,
  episodes: readonly Episode[],
  disk: Disk,
): RecordInput {
  const { recipe, basis } = epoch
  return {
    basis,
    epoch: epoch.number,
    tailFrom: recipe.tailFrom,
    tailText: (seq) => tailText(seq >= recipe.verbatimFrom, recipe, context),
    episodes,
    disk,
  }
}

/** Images of the current request, where the tail does not have it. */
function openImages(fold: Fold, recipe: Recipe, context: RenderContext): UserPart[] {
  const request = fold.requests.at(-1)
  if (!request || request.seq >= recipe.tailFrom) return []
  return renderImages(
    request.attachments,
    request.seq,
    imageRoom(noSize(), context.load, context.limits.epochImages),
  )
}

/** How a node of the tail is shown: whole but bounded, or with only the shape of its long parts. */
export function tailView(
  whole: boolean,
  recipe: Recipe,
  context: RenderContext,
  stale: View['stale'],
  images: View['images'],
  voided: VoidedSpans,
): View {
  const cap = whole ? recipe.resultTokens : recipe.elidedTokens
  return {
    provider: context.provider,
    model: context.model,
    resultTokens: cap,
    argTokens: cap,
    textTokens: tailText(whole, recipe, context),
    reasoning: whole && recipe.native,
    stale,
    voided,
    images,
  }
}

function tailText(whole: boolean, recipe: Recipe, context: RenderContext): number {
  return whole
    ? Math.max(24, Math.min(context.limits.textTokens, recipe.resultTokens * 3))
    : Math.max(recipe.elidedTokens, 60)
}

/** The disk as it was at the switch, from what the recipe recorded. */
function recordedDisk(fold: Fold, recipe: Recipe): Disk {
  return (path) => {
    const recorded = recipe.disk[path]
    const hash = recorded === undefined ? fold.registries.files.get(path)?.hash : recorded
    return hash === undefined || hash === null ? null : { sha256: hash, text: '' }
  }
}

/** The items that an epoch starts with, tail included. Called once, right after `foldEpoch`. */
export function renderEpoch(
  fold: Fold,
  epoch: EpochState,
  context: FoldContext & RenderContext,
): ItemList & { front: Front } {
  const { recipe } = epoch
  const draft = draftEpoch(fold, context, epoch, fold.episodes, recordedDisk(fold, recipe))
  const front = renderFront(fold, context, epoch, fold.pinned ?? [], draft)
  const list = newList([...renderCompaction(epoch, context), ...front.items], 0)
  const { nodes } = fold.transcript
  const first = nodes.findIndex((node) => node.kind === 'step' && !node.sealed)
  const tail = nodes.slice(0, first < 0 ? nodes.length : first)
  const stale: View['stale'] = (path, hash) => isStale(fold, path, hash)
  const voided = voidedSpans(fold.ledger.entries.values())
  for (const [index, items] of renderTail(tail, recipe, context, list, stale, voided).entries()) {
    const node = tail[index]
    if (node && !isIdle(node, list)) pushItems(list, items)
    list.committed++
  }
  commitNodes(list, nodes, context)
  return { ...list, front }
}

/** Items of each node. Rendered from the newest back, so that the newest images get the room. */
export function renderTail(
  nodes: readonly Node[],
  recipe: Recipe,
  context: RenderContext,
  front: ItemList,
  stale: View['stale'],
  voided: VoidedSpans,
): Item[][] {
  const images = imageRoom(front.size, context.load, context.limits.epochImages)
  return nodes
    .toReversed()
    .map((node) =>
      renderNode(node, tailView(node.seq >= recipe.verbatimFrom, recipe, context, stale, images, voided)),
    )
    .toReversed()
}
