import type { Item } from '@cairn/models'
import { FIRST_FACTOR } from '../schedule/calibration.ts'
import type { Limits } from './limits.ts'
import { NUDGE, type Node } from './transcript.ts'
import type { ImageRoom, View } from './view.ts'
import { renderNode } from './render-node.ts'
import { addSize, IMAGE_TOKENS, noSize, sizeOfItem, type Size } from './tokens.ts'
import { IMAGE_LIMITS } from './view.ts'
import type { VoidedSpans } from './voided.ts'

/** The items of the current epoch: only ever appended to. */
export interface ItemList {
  items: Item[]
  size: Size
  /** Nodes of the transcript that are in `items`. */
  committed: number
}

/** What rendering depends on besides the node. */
export interface RenderContext {
  provider: string
  model: string
  limits: Limits
  /** System text and tools, in tokens. */
  prefixTokens: number
  load: ImageRoom['load']
  /** Calibration of the estimate by now. */
  factor(): number
}

export function newList(items: Item[], committed: number): ItemList {
  const size = noSize()
  for (const item of items) addSize(size, sizeOfItem(item))
  return { items, size, committed }
}

/** Appends items; their sizes are counted once. */
export function pushItems(list: ItemList, items: readonly Item[]): void {
  for (const item of items) {
    list.items.push(item)
    addSize(list.size, sizeOfItem(item))
  }
}

/** The room for images that `size` leaves, at most `most` of them. */
export function imageRoom(size: Size, load: ImageRoom['load'], most: number = IMAGE_LIMITS.count): ImageRoom {
  return {
    count: Math.max(0, Math.min(most, IMAGE_LIMITS.count - size.images)),
    bytes: IMAGE_LIMITS.bytes - size.imageBytes,
    load,
  }
}

/** Whether a nudge has nothing to do: something was said after the last answer. */
export function isIdle(node: Node, list: ItemList): boolean {
  return node.kind === 'block' && node.nudge === true && list.items.at(-1)?.type !== 'assistant'
}

/** What was sent stays as it was: marks come with the next epoch. */
const NONE: VoidedSpans = new Map()

/** Renders a node whole, or smaller where the window has no room for it. */
function renderInto(list: ItemList, node: Node, context: RenderContext): void {
  if (isIdle(node, list)) return
  const { limits } = context
  const view = (share: number, images: number): View => ({
    provider: context.provider,
    model: context.model,
    resultTokens: Math.min(limits.resultTokens, share),
    argTokens: share,
    textTokens: Math.min(limits.textTokens, share),
    reasoning: true,
    stale: () => false,
    voided: NONE,
    images: imageRoom(list.size, context.load, Math.min(limits.images, images)),
  })
  const usable = Math.floor(limits.usable / Math.max(FIRST_FACTOR, context.factor()))
  const room = usable - context.prefixTokens - list.size.tokens
  const items = renderNode(node, view(limits.usable, IMAGE_LIMITS.count))
  const total = items.reduce((sum, item) => sum + sizeOfItem(item).tokens, 0)
  if (total <= room) return pushItems(list, items)
  const parts = node.kind === 'step' ? Math.max(1, node.calls.length * 2) : 1
  pushItems(
    list,
    renderNode(
      node,
      view(Math.max(24, Math.floor((room * 0.5) / parts)), Math.floor((room * 0.3) / IMAGE_TOKENS)),
    ),
  )
}

/** Appends the nodes that nothing can change any more. */
export function commitNodes(list: ItemList, nodes: readonly Node[], context: RenderContext): void {
  for (let node = nodes[list.committed]; node !== undefined; node = nodes[list.committed]) {
    if (node.kind === 'step' && !node.sealed) return
    renderInto(list, node, context)
    list.committed++
  }
}

/** The list as it would be sent: with the nodes that may still change, and never ending with an answer. */
export function withProvisional(list: ItemList, nodes: readonly Node[], context: RenderContext): ItemList {
  const open = nodes.slice(list.committed)
  const last = open.at(-1) ?? nodes.at(-1)
  if (open.length === 0 && !isAnswer(last)) return list
  const copy: ItemList = { items: list.items.slice(), size: { ...list.size }, committed: list.committed }
  for (const node of open) renderInto(copy, node, context)
  if (isAnswer(last))
    renderInto(copy, { kind: 'block', seq: 0, text: NUDGE, state: false, nudge: true }, context)
  return copy
}

function isAnswer(node: Node | undefined): boolean {
  return node?.kind === 'step' && node.calls.length === 0
}
