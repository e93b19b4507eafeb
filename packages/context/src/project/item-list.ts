import type { Item } from '@cairn/models'
import type { Limits } from './limits.ts'
import type { Node } from './transcript.ts'
import type { ImageRoom, View } from './view.ts'
import { renderNode } from './render-node.ts'
import { addSize, noSize, sizeOfItem, type Size } from './tokens.ts'
import { IMAGE_LIMITS } from './view.ts'

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
}

export function newList(items: Item[], committed: number): ItemList {
  const size = noSize()
  for (const item of items) addSize(size, sizeOfItem(item))
  return { items, size, committed }
}

/** Appends items; their sizes are counted once. */
function push(list: ItemList, items: readonly Item[]): void {
  for (const item of items) {
    list.items.push(item)
    addSize(list.size, sizeOfItem(item))
  }
}

/** The room for images that `size` leaves. */
export function imageRoom(size: Size, load: ImageRoom['load']): ImageRoom {
  return { count: IMAGE_LIMITS.count - size.images, bytes: IMAGE_LIMITS.bytes - size.imageBytes, load }
}

/** Renders a node whole, or smaller where the window has no room for it. */
function renderInto(list: ItemList, node: Node, context: RenderContext): void {
  const { limits } = context
  const view = (share: number): View => ({
    provider: context.provider,
    model: context.model,
    resultTokens: Math.min(limits.resultTokens, share),
    argTokens: share,
    textTokens: Math.min(limits.textTokens, share),
    reasoning: true,
    stale: () => false,
    images: imageRoom(list.size, context.load),
  })
  const room = limits.usable - context.prefixTokens - list.size.tokens
  const items = renderNode(node, view(limits.usable))
  const total = items.reduce((sum, item) => sum + sizeOfItem(item).tokens, 0)
  if (total <= room) return push(list, items)
  const parts = node.kind === 'step' ? Math.max(1, node.calls.length * 2) : 1
  push(list, renderNode(node, view(Math.max(24, Math.floor((room * 0.8) / parts)))))
}

/** Appends the nodes that nothing can change any more. */
export function commitNodes(list: ItemList, nodes: readonly Node[], context: RenderContext): void {
  for (let node = nodes[list.committed]; node !== undefined; node = nodes[list.committed]) {
    if (node.kind === 'step' && !node.sealed) return
    renderInto(list, node, context)
    list.committed++
  }
}

/** The list with the nodes that may still change, shown as they are now. */
export function withProvisional(list: ItemList, nodes: readonly Node[], context: RenderContext): ItemList {
  if (list.committed === nodes.length) return list
  const copy: ItemList = { items: list.items.slice(), size: { ...list.size }, committed: list.committed }
  for (const node of nodes.slice(list.committed)) renderInto(copy, node, context)
  return copy
}
