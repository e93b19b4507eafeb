import { child, children, isCall, isFunction, isMember, methodOf, nameOf, type Node } from '../syntax/node.ts'
import { bindingsAt } from '../syntax/scope.ts'
import { functionOf, parentOf, type Site } from '../syntax/source-file.ts'
import {
  insertAt,
  replaceNode,
  swapNodes,
  type Mutation,
  type Operator,
  type OperatorContext,
} from './mutation.ts'

/** Object and array literals: order of spreads, values exchanged, keys and spreads that were forgotten. */
export const literals: Operator = (site, context) => {
  const { node } = site
  const { file, textOf } = context
  const out: Mutation[] = []
  if (node.type === 'ObjectExpression') {
    const list = children(node, 'properties')
    list.slice(1).forEach((second, index) => {
      const first = list[index]
      if (first === undefined) return
      if (first.type === 'SpreadElement' || second.type === 'SpreadElement')
        out.push(swapNodes('object', file, first, second, 0.6))
      const [a, b] = [child(first, 'value'), child(second, 'value')]
      if (a !== null && b !== null && first['shorthand'] !== true && second['shorthand'] !== true)
        out.push(swapNodes('object', file, a, b, 0.3))
    })
    out.push(...missingKeys(site, list, context))
  }
  if (node.type === 'ArrayExpression') {
    const list = children(node, 'elements')
    list.slice(1).forEach((second, index) => {
      const first = list[index]
      if (first !== undefined)
        out.push(
          swapNodes(
            'object',
            file,
            first,
            second,
            second.type === 'SpreadElement' || first.type === 'SpreadElement' ? 0.5 : 0.3,
          ),
        )
    })
    for (const each of list)
      if (/^(?:Identifier|MemberExpression|CallExpression)$/.test(each.type))
        out.push(insertAt('object', each.start, '...', 0.3))
  }
  if (node.type === 'SpreadElement') {
    const argument = child(node, 'argument')
    if (argument !== null && parentOf(site)?.type !== 'ObjectExpression')
      out.push(replaceNode('object', node, textOf(argument), 0.25))
    if (
      argument !== null &&
      parentOf(site)?.type === 'ObjectExpression' &&
      children(parentOf(site), 'properties').length > 1
    )
      out.push({ family: 'object', prior: 0.12, splices: [{ start: node.start, end: node.end, text: '' }] })
  }
  if (isCall(node) && /^(?:push|unshift|concat|max|min)$/.test(methodOf(node)))
    for (const each of children(node, 'arguments'))
      if (each.type === 'Identifier' || isMember(each) || isCall(each))
        out.push(insertAt('object', each.start, '...', /^(?:max|min)$/.test(methodOf(node)) ? 0.5 : 0.25))
  return out
}

/** Keys that tests expect or that sibling objects have. */
function missingKeys(site: Site, list: Node[], { file, hints, facts }: OperatorContext): Mutation[] {
  const present = new Set(list.map((each) => nameOf(child(each, 'key'))))
  const wanted = new Map<string, number>()
  for (const key of hints.missingKeys) if (!present.has(key)) wanted.set(key, 0.7)
  for (const { node } of file.sites) {
    if (node.type !== 'ObjectExpression' || node === site.node) continue
    const keys = children(node, 'properties').map((each) => nameOf(child(each, 'key')))
    const shared = keys.filter((key) => present.has(key)).length
    if (shared >= Math.max(1, present.size - 1))
      for (const key of keys) if (key !== '' && !present.has(key) && !wanted.has(key)) wanted.set(key, 0.2)
  }
  const bindings = bindingsAt(site)
  const last = list.at(-1)
  const at = last?.end ?? site.node.start + 1
  const comma = last === undefined ? '' : ', '
  return [...wanted].slice(0, 5).flatMap(([key, prior]) => {
    const values = [
      ...(bindings.some((binding) => binding.name === key) ? [key] : []),
      ...bindings
        .filter(
          (binding) => facts.propertiesOf.get(binding.name)?.has(key) === true || binding.kind === 'param',
        )
        .slice(0, 3)
        .map((binding) => `${key}: ${binding.name}.${key}`),
    ]
    const sources = [...values, `${key}: this.${key}`, `${key}: []`, `${key}: 0`, `${key}: null`]
    return sources.map((text, index) => insertAt('object', at, comma + text, prior / (1 + index / 3)))
  })
}

/** Values that are shared where a copy was meant. */
export const copies: Operator = (site, { hints, textOf }) => {
  const { node, key } = site
  const parent = parentOf(site)
  if (!(node.type === 'Identifier' || isMember(node) || isCall(node) || node.type === 'ObjectExpression'))
    return []
  const returned =
    parent?.type === 'ReturnStatement' || (parent?.type === 'ArrowFunctionExpression' && key === 'body')
  const stored =
    (parent?.type === 'AssignmentExpression' && key === 'right') ||
    (parent?.type === 'VariableDeclarator' && key === 'init') ||
    (parent?.type.endsWith('Property') === true && key === 'value')
  const passed =
    isCall(parent) && key === 'arguments' && /^(?:push|set|unshift|add|assign)$/.test(methodOf(parent))
  if ((!returned && !stored && !passed) || isFunction(node)) return []
  const text = textOf(node)
  const copy: [string, number][] = [
    [`[...${text}]`, 0.35],
    [`{ ...${text} }`, 0.35],
    [`structuredClone(${text})`, 0.3],
    [`${text}.map((each) => ({ ...each }))`, 0.12],
    [`new Map(${text})`, 0.06],
    [`new Set(${text})`, 0.06],
  ]
  const wrap = parent?.type === 'ArrowFunctionExpression'
  const scale = (node.type === 'Identifier' && returned ? 0.7 : 1) * (hints.kinds.has('alias') ? 1 : 0.3)
  return copy.map(([each, prior]) =>
    replaceNode(
      'alias',
      node,
      wrap && each.startsWith('{') ? `(${each})` : each,
      (node.type === 'ObjectExpression' ? 0.3 : 1) * prior * scale,
    ),
  )
}

/** Text before a name that decides what it means: `this`, `static`, `async`. */
export const modifiers: Operator = (site, { facts }) => {
  const { node } = site
  const out: Mutation[] = []
  if (
    isFunction(node) &&
    node['async'] !== true &&
    /^Function|^Arrow/.test(node.type) &&
    functionOf(site)?.['async'] === true
  )
    out.push(insertAt('async', node.start, 'async ', 0.08))
  if (
    node.type === 'VariableDeclaration' &&
    node['kind'] === 'const' &&
    parentOf(site)?.type !== 'ForOfStatement'
  ) {
    const assigned = children(node, 'declarations').length === 1
    if (assigned)
      out.push({
        family: 'statement',
        prior: 0.03,
        splices: [{ start: node.start, end: node.start + 5, text: 'let' }],
      })
  }
  if (
    node.type === 'FunctionExpression' &&
    facts.propertiesOf.has('this') &&
    node['generator'] !== true &&
    node['id'] === null
  ) {
    const body = child(node, 'body')
    const params = children(node, 'params')
    if (body !== null && site.key === 'arguments') {
      const [first, last] = [params[0], params.at(-1)]
      const start = first?.start ?? body.start
      const head = first === undefined || last === undefined ? '() => ' : null
      if (head !== null)
        out.push({
          family: 'state',
          prior: 0.6,
          splices: [{ start: node.start, end: body.start, text: head }],
        })
      else
        out.push({
          family: 'state',
          prior: 0.6,
          splices: [
            { start: node.start, end: start, text: '(' },
            { start: last?.end ?? start, end: body.start, text: ') => ' },
          ],
        })
    }
  }
  return out
}
