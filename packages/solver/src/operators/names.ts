import { child, children, isCall, isMember, nameOf, type Node } from '../syntax/node.ts'
import { bindingsAt, isReference, type Binding } from '../syntax/scope.ts'
import { parentOf, type Site } from '../syntax/source-file.ts'
import { replaceNode, type Mutation, type Operator, type OperatorContext } from './mutation.ts'

const shown = 10

/** 0 to 1 by shared pairs of letters; names that differ in case or ending only are near 1. */
function nearness(a: string, b: string): number {
  const [x, y] = [a.toLowerCase(), b.toLowerCase()]
  if (x === y) return 1
  if (x.startsWith(y) || y.startsWith(x)) return 0.8
  const pairs = (text: string): string[] =>
    [...text].slice(1).map((letter, index) => (text[index] ?? '') + letter)
  const [p, q] = [pairs(x), pairs(y)]
  if (p.length === 0 || q.length === 0) return 0.2
  return (2 * p.filter((pair) => q.includes(pair)).length) / (p.length + q.length)
}

function isShorthand(site: Site): boolean {
  return parentOf(site)?.type === 'ObjectProperty' && parentOf(site)?.['shorthand'] === true
}

function write(site: Site, text: string): string {
  return isShorthand(site) ? `${nameOf(site.node)}: ${text}` : text
}

function isCallee(site: Site): boolean {
  return site.key === 'callee'
}

function priorOf(binding: Binding, site: Site, context: OperatorContext, known: boolean): number {
  const { name, kind, depth } = binding
  const callable =
    kind === 'function' ||
    context.facts.functions.has(name) ||
    binding.init?.type === 'ArrowFunctionExpression'
  if (kind === 'class' && !(isCallee(site) || parentOf(site)?.type === 'NewExpression')) return 0
  if (isCallee(site) ? !callable && kind !== 'import' && kind !== 'param' : callable)
    return isCallee(site) ? 0 : 0.03
  const near = kind === 'import' ? 0.06 : depth <= 4 ? 0.32 : 0.14
  const unused = context.facts.unused.has(name) ? 3 : 1
  return near * (0.6 + 0.6 * nearness(name, nameOf(site.node))) * unused * (known ? 1 : 3)
}

/** Another name that is in scope: of like use, near ones and unused ones first. */
export const variables: Operator = (site, context) => {
  if (!isReference(site) || isTypeOnly(site)) return []
  const { node } = site
  const name = nameOf(node)
  const bindings = bindingsAt(site)
  const known = bindings.some((binding) => binding.name === name) || name in globalThis
  if (name === 'undefined') return []
  const target = parentOf(site)?.type === 'AssignmentExpression' && site.key === 'left'
  const out = bindings
    .filter(
      (binding) => binding.name !== name && !(target && /^(?:import|function|class)$/.test(binding.kind)),
    )
    .map((binding) =>
      replaceNode(
        'name',
        node,
        write(site, binding.name),
        Math.min(0.95, priorOf(binding, site, context, known)),
      ),
    )
    .filter((mutation) => mutation.prior > 0.02)
    .sort((a, b) => b.prior - a.prior)
    .slice(0, shown)
  out.push(...members(site, bindings, context, known))
  return out
}

function isTypeOnly(site: Site): boolean {
  return site.parents.some((parent) => /^TS(?:Type|Interface)/.test(parent.type))
}

/** A property of something in scope where the whole was used, or of `this` where that was forgotten. */
function members(
  site: Site,
  bindings: readonly Binding[],
  { facts, textOf }: OperatorContext,
  known: boolean,
): Mutation[] {
  const { node, key } = site
  const parent = parentOf(site)
  const name = nameOf(node)
  const out: Mutation[] = []
  if (
    !known &&
    (facts.propertiesOf.get('this')?.has(name) === true ||
      site.parents.some((each) => /^Class(?:Declaration|Expression)$/.test(each.type)))
  )
    out.push(replaceNode('property', node, write(site, `this.${name}`), 0.95))
  else if (facts.propertiesOf.get('this')?.has(name) === true)
    out.push(replaceNode('property', node, write(site, `this.${name}`), 0.3))
  if (
    key === 'callee' ||
    (isMember(parent) && key === 'object') ||
    (parent?.type === 'AssignmentExpression' && key === 'left')
  )
    return out
  for (const property of [...(facts.propertiesOf.get(name) ?? [])].slice(0, 6))
    out.push(replaceNode('property', node, write(site, `${name}.${property}`), 0.14))
  for (const binding of bindings.slice(0, 8))
    if (binding.name !== name && facts.propertiesOf.get(binding.name)?.has(name) === true)
      out.push(replaceNode('property', node, write(site, `${binding.name}.${name}`), 0.3))
  if (!/^(?:length|size)$/.test(textOf(node)) && facts.properties.has('length'))
    out.push(replaceNode('property', node, write(site, `${name}.length`), 0.07))
  return out
}

/** Another property: of the same object elsewhere in the file, else a near name; or the object itself. */
export const properties: Operator = (site, { facts, textOf, hints }) => {
  const { node, key } = site
  if (!isMember(node) || node['computed'] === true) return []
  const [object, property] = [child(node, 'object'), child(node, 'property')]
  if (object === null || property === null) return []
  const name = nameOf(property)
  const parent = parentOf(site)
  const called = isCall(parent) && key === 'callee'
  const same = facts.propertiesOf.get(textOf(object)) ?? new Set<string>()
  const pool = called ? facts.methods : facts.properties
  const priors = new Map<string, number>()
  for (const each of pool.keys()) {
    const near = nearness(each, name)
    const prior = (same.has(each) ? 0.35 : called ? 0.06 : 0.12) * (0.5 + near)
    if (each !== name && (same.has(each) || near > 0.45 || !called)) priors.set(each, prior)
  }
  for (const each of hints.words)
    if (each !== name && !priors.has(each) && nearness(each, name) > 0.5) priors.set(each, 0.2)
  if (name === 'length') priors.set('size', 0.4)
  if (name === 'size') priors.set('length', 0.4)
  const out = [...priors]
    .sort((a, b) => b[1] - a[1])
    .slice(0, shown)
    .map(([each, prior]) => replaceNode('property', property, each, prior))
  if (called || (parent?.type === 'AssignmentExpression' && key === 'left')) return out
  out.push(replaceNode('property', node, textOf(object), 0.12))
  if (object.type === 'ThisExpression') out.push(replaceNode('property', node, name, 0.1))
  const below = isMember(object) ? child(object, 'object') : null
  if (below !== null && node['optional'] !== true)
    out.push(replaceNode('property', node, `${textOf(below)}.${name}`, 0.2))
  // The index alone was used where the element was meant, and the other way round.
  return out
}

/** Elements for indexes and keys: `list[i]` for `i`, `i` for `list[i]`, and another index. */
export const elements: Operator = (site, { textOf, facts }) => {
  const { node, key } = site
  if (isMember(node) && node['computed'] === true) {
    const [object, index] = [child(node, 'object'), child(node, 'property')]
    const written = parentOf(site)?.type === 'AssignmentExpression' && key === 'left'
    if (object === null || index === null || written) return []
    return [
      replaceNode('property', node, textOf(index), 0.12),
      replaceNode('property', node, textOf(object), 0.16),
    ]
  }
  if (!isReference(site) || key === 'callee' || isMember(parentOf(site))) return []
  const pairs = [...facts.propertiesOf.keys()].filter((text) => text.endsWith(`[${nameOf(node)}]`))
  return pairs.slice(0, 2).map((text) => replaceNode('property', node, write(site, text), 0.15))
}

/** A variable that is in scope where a property was read: one that nothing reads, first of all. */
export const variablesForProperties: Operator = (site, { facts, textOf }) => {
  const { node, key } = site
  const parent = parentOf(site)
  const written =
    /^(?:Assignment|Update)Expression$/.test(parent?.type ?? '') && (key === 'left' || key === 'argument')
  if (!isMember(node) || key === 'callee' || key === 'object' || written) return []
  return bindingsAt(site)
    .filter(
      (binding) =>
        (binding.kind === 'local' || binding.kind === 'param') &&
        !textOf(node).startsWith(`${binding.name}.`),
    )
    .slice(0, shown)
    .map((binding) =>
      replaceNode(
        'name',
        node,
        binding.name,
        facts.unused.has(binding.name) ? 0.6 : binding.depth <= 4 ? 0.1 : 0.04,
      ),
    )
}

/** Names bound by a pattern or a parameter list in the wrong order. */
export const bindingOrder: Operator = (site, { file }) => {
  const { node } = site
  const lists: [Node[], number][] = []
  if (
    /^(?:Function(?:Declaration|Expression)|ArrowFunctionExpression|ObjectMethod|ClassMethod)$/.test(
      node.type,
    )
  )
    lists.push([children(node, 'params'), 0.25])
  if (node.type === 'ArrayPattern') lists.push([children(node, 'elements'), 0.45])
  return lists.flatMap(([list, prior]) =>
    list.slice(1).flatMap((each, index) => {
      const before = list[index]
      if (before === undefined) return []
      const text = (part: Node): string => file.text.slice(part.start, part.end)
      const splices = [
        { start: before.start, end: before.end, text: text(each) },
        { start: each.start, end: each.end, text: text(before) },
      ]
      return [{ family: 'argument' as const, prior, splices }]
    }),
  )
}
