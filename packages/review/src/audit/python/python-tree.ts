import type { TreeCursor } from 'web-tree-sitter'

/** A node of Python's tree, copied out of the parser: named children, those with a field, and bare tokens. */
export interface PyNode {
  type: string
  start: number
  end: number
  /** Source text of the node. */
  text: string
  children: PyNode[]
  fields: Map<string, PyNode[]>
  /** Words and signs between the children, such as `async` or `+`. */
  tokens: string[]
}

/** Copies the tree below a cursor. Comments are left out. */
export function copyTree(cursor: TreeCursor, source: string): PyNode {
  const node: PyNode = {
    type: cursor.nodeType,
    start: cursor.startIndex,
    end: cursor.endIndex,
    text: source.slice(cursor.startIndex, cursor.endIndex),
    children: [],
    fields: new Map(),
    tokens: [],
  }
  if (!cursor.gotoFirstChild()) return node
  do {
    if (!cursor.nodeIsNamed) {
      node.tokens.push(cursor.nodeType)
      continue
    }
    if (cursor.nodeType === 'comment') continue
    const field = cursor.currentFieldName
    const inner = copyTree(cursor, source)
    node.children.push(inner)
    if (field !== null) node.fields.set(field, [...(node.fields.get(field) ?? []), inner])
  } while (cursor.gotoNextSibling())
  cursor.gotoParent()
  return node
}

/** The first child in a field; null where there is none. */
export const field = (node: PyNode, name: string): PyNode | null => node.fields.get(name)?.[0] ?? null
