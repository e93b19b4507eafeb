import { child, children, field, isFunction, isNode, nameOf, type Node } from './node.ts'
import type { Site, SourceFile } from './source-file.ts'

/** A name that can be used at a place. `depth`: scopes between the use and the declaration. */
export interface Binding {
  name: string
  kind: 'param' | 'local' | 'function' | 'class' | 'import'
  depth: number
  /** Initial value where there is one. */
  init: Node | null
}

/** Names that a pattern binds. */
export function boundNames(pattern: Node | null): string[] {
  if (pattern === null) return []
  switch (pattern.type) {
    case 'Identifier':
      return [field(pattern, 'name')]
    case 'ObjectPattern':
      return children(pattern, 'properties').flatMap((each) =>
        boundNames(child(each, each.type === 'RestElement' ? 'argument' : 'value')),
      )
    case 'ArrayPattern':
      return children(pattern, 'elements').flatMap(boundNames)
    case 'AssignmentPattern':
      return boundNames(child(pattern, 'left'))
    case 'RestElement':
      return boundNames(child(pattern, 'argument'))
    case 'TSParameterProperty':
      return boundNames(child(pattern, 'parameter'))
    default:
      return []
  }
}

function declared(scope: Node, before: number): Omit<Binding, 'depth'>[] {
  const out: Omit<Binding, 'depth'>[] = []
  const add = (names: string[], kind: Binding['kind'], init: Node | null = null): void => {
    for (const name of names) out.push({ name, kind, init })
  }
  const statement = (node: Node): void => {
    const inner = /^Export(?:Named|Default)Declaration$/.test(node.type)
      ? (child(node, 'declaration') ?? node)
      : node
    if (inner.type === 'VariableDeclaration') {
      for (const each of children(inner, 'declarations'))
        if (scope.type === 'Program' || each.end <= before)
          add(boundNames(child(each, 'id')), 'local', child(each, 'init'))
    } else if (inner.type === 'FunctionDeclaration') add(boundNames(child(inner, 'id')), 'function')
    else if (inner.type === 'ClassDeclaration') add(boundNames(child(inner, 'id')), 'class')
    else if (inner.type === 'ImportDeclaration')
      for (const each of children(inner, 'specifiers')) add(boundNames(child(each, 'local')), 'import')
  }
  if (isFunction(scope)) for (const param of children(scope, 'params')) add(boundNames(param), 'param')
  if (scope.type === 'Program' || scope.type === 'BlockStatement')
    for (const each of children(scope, 'body')) statement(each)
  if (scope.type === 'SwitchCase') for (const each of children(scope, 'consequent')) statement(each)
  if (scope.type === 'CatchClause') add(boundNames(child(scope, 'param')), 'local')
  for (const key of ['init', 'left']) {
    const head = scope.type.startsWith('For') ? child(scope, key) : null
    if (head !== null) statement(head)
  }
  return out
}

/** Names in scope at a site, inner first. A variable that is declared further down is not among them. */
export function bindingsAt(site: Site): Binding[] {
  const seen = new Set<string>()
  const found: Binding[] = []
  const scopes = [...site.parents].reverse()
  scopes.forEach((scope, depth) => {
    for (const binding of declared(scope, site.node.start)) {
      if (seen.has(binding.name)) continue
      seen.add(binding.name)
      found.push({ ...binding, depth })
    }
  })
  return found
}

/** Whether an identifier is a use of a variable (read or written), not a declaration, a property name or a label. */
export function isReference(site: Site): boolean {
  const { node, key } = site
  const parent = site.parents.at(-1)
  if (node.type !== 'Identifier' || parent === undefined) return false
  if (/^(?:Member|OptionalMember)Expression$/.test(parent.type) && key === 'property')
    return parent['computed'] === true
  if (/^Object(?:Property|Method)$/.test(parent.type)) {
    if (key === 'key') return parent['computed'] === true
    return site.parents.at(-2)?.type !== 'ObjectPattern' || parent.type !== 'ObjectProperty'
  }
  if (/^Class(?:Private)?(?:Method|Property)$|^ClassAccessorProperty$/.test(parent.type))
    return key === 'value'
  if (isFunction(parent)) return key === 'body'
  if (/^(?:VariableDeclarator|ClassDeclaration|ClassExpression)$/.test(parent.type)) return key !== 'id'
  if (
    /^(?:Import|Export).*Specifier$|^(?:Labeled|Break|Continue)|^(?:Rest|Array|Object)(?:Element|Pattern)$|^MetaProperty$|^CatchClause$/.test(
      parent.type,
    )
  )
    return false
  return !(parent.type === 'AssignmentPattern' && key === 'left')
}

/** Identifier names used inside a node, by a walk of its children. */
export function namesUsed(node: Node): Set<string> {
  const names = new Set<string>()
  const walk = (each: Node, key: string, parent: Node | null): void => {
    if (
      each.type === 'Identifier' &&
      !(parent !== null && key === 'property' && parent['computed'] !== true) &&
      !(key === 'key' && parent?.['computed'] !== true && parent?.['shorthand'] !== true)
    )
      names.add(nameOf(each))
    for (const [name, value] of Object.entries(each)) {
      if (name === 'loc' || name === 'extra') continue
      if (isNode(value)) walk(value, name, each)
      else if (Array.isArray(value)) for (const item of value) if (isNode(item)) walk(item, name, each)
    }
  }
  walk(node, '', null)
  return names
}

/** Parameters and locals of a function that nothing in it reads: a strong sign of a wrong name nearby. */
export function unusedNames(fn: Node, file: SourceFile): Set<string> {
  const counts = new Map<string, number>()
  for (const site of file.sites)
    if (site.node.start >= fn.start && site.node.end <= fn.end && isReference(site)) {
      const name = nameOf(site.node)
      const written = site.parents.at(-1)?.type === 'AssignmentExpression' && site.key === 'left'
      if (!written) counts.set(name, (counts.get(name) ?? 0) + 1)
    }
  const names = children(fn, 'params').flatMap(boundNames)
  for (const site of file.sites)
    if (site.node.type === 'VariableDeclarator' && site.node.start >= fn.start && site.node.end <= fn.end)
      names.push(...boundNames(child(site.node, 'id')))
  return new Set(names.filter((name) => !counts.has(name) && !name.startsWith('_')))
}
