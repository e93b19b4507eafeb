/** A node of Babel's tree, read without its type package: fields are looked at, never trusted. */
export interface Tree {
  type: string
  start: number
  end: number
  [field: string]: unknown
}

/** Whether a value is a node. */
export function isTree(value: unknown): value is Tree {
  return typeof value === 'object' && value !== null && 'type' in value && typeof value.type === 'string'
}

/** The node in a field; null where there is none. */
export function child(node: Tree, field: string): Tree | null {
  const value = node[field]
  return isTree(value) ? value : null
}

/** The nodes in a list field, without holes. */
export function children(node: Tree, field: string): Tree[] {
  const value = node[field]
  return Array.isArray(value) ? value.filter(isTree) : []
}

/** A text field; empty where there is none. */
export function text(node: Tree, field: string): string {
  const value = node[field]
  return typeof value === 'string' ? value : ''
}

/** The text that a key, name or string literal stands for; null where it is computed. */
export function keyName(key: Tree | null, computed: boolean): string | null {
  if (key === null) return null
  if (key.type === 'StringLiteral') return text(key, 'value')
  if (key.type === 'NumericLiteral') return String(key['value'])
  if (computed) return null
  if (key.type === 'Identifier' || key.type === 'JSXIdentifier') return text(key, 'name')
  if (key.type === 'PrivateName') return `#${text(child(key, 'id') ?? key, 'name')}`
  return null
}
