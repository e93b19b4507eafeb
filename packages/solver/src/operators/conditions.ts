import { child, children, field, isCall, isFunction, type Node } from '../syntax/node.ts'
import { bindingsAt, namesUsed } from '../syntax/scope.ts'
import { functionOf, parentOf, type Site } from '../syntax/source-file.ts'
import {
  insertAt,
  replaceNode,
  swapNodes,
  type Mutation,
  type Operator,
  type OperatorContext,
} from './mutation.ts'

const loose =
  /^(?:BinaryExpression|LogicalExpression|ConditionalExpression|AssignmentExpression|ArrowFunctionExpression|YieldExpression)$/

/** The text of a node, in parentheses where an operator before or after it would bind tighter. */
function tightText(node: Node, textOf: (node: Node) => string): string {
  return loose.test(node.type) ? `(${textOf(node)})` : textOf(node)
}

function isCondition(site: Site): boolean {
  const parent = parentOf(site)
  if (site.key === 'test' && parent !== null && parent.type !== 'SwitchCase') return true
  return (
    (site.key === 'body' && parent?.type === 'ArrowFunctionExpression') ||
    (site.key === 'argument' && parent?.type === 'ReturnStatement' && looksBoolean(site.node))
  )
}

function looksBoolean(node: Node): boolean {
  if (node.type === 'LogicalExpression' || node.type === 'UnaryExpression') return true
  if (node.type === 'BinaryExpression') return /^[<>]=?$|^[!=]==?$|^in/.test(field(node, 'operator'))
  return (
    isCall(node) &&
    /^(?:includes|has|some|every|test|startsWith|endsWith|is[A-Z]\w*)$/.test(
      field(child(child(node, 'callee'), 'property'), 'name'),
    )
  )
}

/** Negated, always true or false, and joined with a condition that stands elsewhere in the file. */
export const conditions: Operator = (site, context) => {
  const { node } = site
  if (!isCondition(site) || node.type === 'BlockStatement' || node.type === 'ObjectExpression') return []
  const { textOf } = context
  const own = site.key === 'test' || looksBoolean(node)
  const out: Mutation[] = []
  if (own) {
    out.push(
      replaceNode(
        'condition',
        node,
        `!${tightText(node, textOf)}`,
        node.type === 'BinaryExpression' ? 0.15 : 0.55,
      ),
    )
    if (site.key === 'test' && parentOf(site)?.type === 'IfStatement')
      out.push(replaceNode('condition', node, 'false', 0.15), replaceNode('condition', node, 'true', 0.12))
    out.push(...joined(site, context))
  }
  return out
}

function joined(site: Site, { facts, textOf, file }: OperatorContext): Mutation[] {
  const { node } = site
  const fn = functionOf(site)
  const scope = new Set(bindingsAt(site).map((binding) => binding.name))
  const usable = (donor: Node): boolean =>
    [...namesUsed(donor)].every((name) => scope.has(name) || name in globalThis || name === 'undefined')
  const distance = (donor: Node): number =>
    fn !== null && donor.start >= fn.start && donor.end <= fn.end ? 0 : Math.abs(donor.start - node.start)
  const donors = facts.conditions
    .filter(
      (donor) =>
        textOf(donor) !== textOf(node) && (donor.end < node.start || donor.start > node.end) && usable(donor),
    )
    .sort((a, b) => distance(a) - distance(b))
  const texts = [
    ...new Set(donors.map((donor) => tightText(donor, (each) => file.text.slice(each.start, each.end)))),
  ].slice(0, 5)
  const out: Mutation[] = []
  for (const text of texts) {
    out.push(
      replaceNode('condition', node, `${tightText(node, textOf)} && ${text}`, 0.12),
      replaceNode('condition', node, `${tightText(node, textOf)} || ${text}`, 0.12),
    )
    out.push(
      replaceNode('condition', node, `${tightText(node, textOf)} && !${text}`, 0.08),
      replaceNode('condition', node, text, 0.1),
    )
  }
  for (const binding of bindingsAt(site).slice(0, 6)) {
    if (binding.kind !== 'param' && binding.kind !== 'local') continue
    if (namesUsed(node).has(binding.name) && !facts.unused.has(binding.name)) continue
    const boost = facts.unused.has(binding.name) ? 3 : 1
    for (const text of [
      `&& ${binding.name}`,
      `&& !${binding.name}`,
      `|| ${binding.name}`,
      `|| !${binding.name}`,
    ])
      out.push(replaceNode('condition', node, `${tightText(node, textOf)} ${text}`, 0.05 * boost))
  }
  return out
}

/** Branches in the wrong order: `else if` chains, the arms of `?:`, cases that fall through, a missing `else`. */
export const branches: Operator = (site, context) => {
  const { file, textOf } = context
  const { node } = site
  const out: Mutation[] = []
  if (node.type === 'ConditionalExpression') {
    const [then, other] = [child(node, 'consequent'), child(node, 'alternate')]
    if (then !== null && other !== null)
      out.push(
        swapNodes('condition', file, then, other, 0.5),
        replaceNode('condition', node, textOf(then), 0.1),
        replaceNode('condition', node, textOf(other), 0.1),
      )
  }
  if (node.type === 'IfStatement') {
    const [test, then, other] = [child(node, 'test'), child(node, 'consequent'), child(node, 'alternate')]
    if (test === null || then === null) return out
    if (other !== null && other.type !== 'IfStatement')
      out.push(swapNodes('condition', file, then, other, 0.35))
    out.push(...chainSwaps(node, context))
    if (other === null && /^(?:ReturnStatement|ExpressionStatement|BlockStatement)$/.test(then.type)) {
      out.push({
        family: 'condition',
        prior: 0.2,
        splices: [{ start: node.start, end: node.end, text: textOf(then) }],
      })
      const next = nextSibling(site)
      if (next?.type === 'IfStatement') out.push(insertAt('condition', next.start, 'else ', 0.4))
    }
    if (site.key === 'alternate')
      out.push({
        family: 'condition',
        prior: 0.2,
        splices: [{ start: textStartOfElse(file.text, node.start), end: node.start, text: '' }],
      })
  }
  if (node.type === 'SwitchCase') {
    const last = children(node, 'consequent').at(-1)
    if (last !== undefined && !/^(?:Break|Return|Throw|Continue)Statement$/.test(last.type))
      out.push(insertAt('condition', last.end, '; break', 0.85))
    if (last?.type === 'BreakStatement') out.push(replaceNode('condition', last, '', 0.12))
  }
  return out
}

function textStartOfElse(text: string, before: number): number {
  const at = text.lastIndexOf('else', before)
  return at === -1 ? before : at
}

/** Tests or bodies of two links of an `else if` chain exchanged. */
function chainSwaps(node: Node, { file }: OperatorContext): Mutation[] {
  const links: Node[] = []
  for (let link: Node | null = node; link?.type === 'IfStatement'; link = child(link, 'alternate'))
    links.push(link)
  const [first] = links
  const test = child(first, 'test')
  const body = child(first, 'consequent')
  if (test === null || body === null) return []
  return links.slice(1).flatMap((link, index) => {
    const [otherTest, otherBody] = [child(link, 'test'), child(link, 'consequent')]
    if (otherTest === null || otherBody === null) return []
    const tests = swapNodes('condition', file, test, otherTest, 0)
    const bodies = swapNodes('condition', file, body, otherBody, 0)
    const both = {
      family: 'condition' as const,
      prior: index === 0 ? 0.5 : 0.3,
      splices: [...tests.splices, ...bodies.splices],
    }
    return [
      { ...both, splices: both.splices.toSorted((a, b) => a.start - b.start) },
      { ...bodies, prior: 0.3 },
    ]
  })
}

/** The statement after a site in the same list. */
export function nextSibling(site: Site): Node | null {
  const list = siblings(site)
  return list[list.indexOf(site.node) + 1] ?? null
}

/** The list of statements in which a site stands. */
export function siblings(site: Site): Node[] {
  const parent = parentOf(site)
  if (parent === null || isFunction(parent)) return []
  if (parent.type === 'BlockStatement' || parent.type === 'Program' || parent.type === 'StaticBlock')
    return children(parent, 'body')
  return parent.type === 'SwitchCase' && site.key === 'consequent' ? children(parent, 'consequent') : []
}
