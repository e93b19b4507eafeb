/** A syntax node as the parser gives it, read by key: the repair operators need shapes, not the full grammar as types. */
export interface Node {
  type: string
  start: number
  end: number
  loc: { start: { line: number; column: number }; end: { line: number; column: number } }
  [key: string]: unknown
}

export function isNode(value: unknown): value is Node {
  return (
    typeof value === 'object' &&
    value !== null &&
    'type' in value &&
    typeof value.type === 'string' &&
    'start' in value
  )
}

/** The child under a key, null where there is none. */
export function child(node: Node | null | undefined, key: string): Node | null {
  const value = node?.[key]
  return isNode(value) ? value : null
}

/** The children in a list under a key; holes are left out. */
export function children(node: Node | null | undefined, key: string): Node[] {
  const value = node?.[key]
  return Array.isArray(value) ? value.filter(isNode) : []
}

/** A text field such as `operator`, `name` or `kind`; empty where there is none. */
export function field(node: Node | null | undefined, key: string): string {
  const value = node?.[key]
  return typeof value === 'string' ? value : ''
}

/** The name of a plain or private identifier, else empty. */
export function nameOf(node: Node | null | undefined): string {
  if (node?.type === 'PrivateName') return `#${field(child(node, 'id'), 'name')}`
  return node?.type === 'Identifier' ? field(node, 'name') : ''
}

/** The method name of `object.method(…)`, else empty. */
export function methodOf(call: Node | null | undefined): string {
  const callee = child(call, 'callee')
  return isMember(callee) && callee['computed'] !== true ? nameOf(child(callee, 'property')) : ''
}

/** Shapes as types of their own: a guard that narrowed to `Node` itself would leave nothing where it says no. */
export type MemberNode = Node & { type: 'MemberExpression' | 'OptionalMemberExpression' }
export type CallNode = Node & { type: 'CallExpression' | 'OptionalCallExpression' }
export type FunctionNode = Node & {
  type:
    | 'FunctionDeclaration'
    | 'FunctionExpression'
    | 'ArrowFunctionExpression'
    | 'ObjectMethod'
    | 'ClassMethod'
    | 'ClassPrivateMethod'
}
export type LoopNode = Node & {
  type: 'ForStatement' | 'ForInStatement' | 'ForOfStatement' | 'WhileStatement' | 'DoWhileStatement'
}

export function isMember(node: Node | null | undefined): node is MemberNode {
  return node?.type === 'MemberExpression' || node?.type === 'OptionalMemberExpression'
}

export function isCall(node: Node | null | undefined): node is CallNode {
  return node?.type === 'CallExpression' || node?.type === 'OptionalCallExpression'
}

export function isFunction(node: Node | null | undefined): node is FunctionNode {
  return (
    node !== null &&
    node !== undefined &&
    /^(?:Function(?:Declaration|Expression)|ArrowFunctionExpression|ObjectMethod|Class(?:Private)?Method)$/.test(
      node.type,
    )
  )
}

export function isLoop(node: Node | null | undefined): node is LoopNode {
  return node !== null && node !== undefined && /^(?:For|ForIn|ForOf|While|DoWhile)Statement$/.test(node.type)
}
