import { child, children, isCall, isFunction, isMember, methodOf, nameOf, type Node } from '../syntax/node.ts'
import { functionOf, parentOf } from '../syntax/source-file.ts'
import { insertAt, replaceNode, type Mutation, type Operator } from './mutation.ts'

/** Values that are made anew each time, and so equal to nothing. */
const made = /^(?:Array|Object|New)Expression$/

const keyed = /^(?:get|set|has|add|delete)$/

/** Keys that are told apart by identity, or not told apart at all. */
export const keys: Operator = (site, { file, textOf }) => {
  const { node } = site
  const out: Mutation[] = []
  const method = isCall(node) ? methodOf(node) : ''
  const [first] = children(node, 'arguments')
  if (keyed.test(method) && first !== undefined && made.test(first.type)) {
    const container = textOf(child(child(node, 'callee'), 'object') ?? node)
    const same = file.sites
      .map((each) => each.node)
      .filter(
        (each) =>
          isCall(each) &&
          keyed.test(methodOf(each)) &&
          textOf(child(child(each, 'callee'), 'object') ?? each) === container,
      )
      .flatMap((each) => children(each, 'arguments').slice(0, 1))
      .filter((each) => made.test(each.type))
    out.push({
      family: 'object',
      splices: same.map((each) => ({
        start: each.start,
        end: each.end,
        text: `JSON.stringify(${textOf(each)})`,
      })),
      prior: 0.6,
    })
  }
  // `${a}${b}` and `a + b` as a key: 1 and 12 are 11 and 2.
  const parent = parentOf(site)
  const isKey =
    /key|id$/i.test(nameOf(child(parent, 'id'))) ||
    (isCall(parent) && keyed.test(methodOf(parent)) && site.key === 'arguments') ||
    (isMember(parent) && parent['computed'] === true && site.key === 'property') ||
    parent?.type === 'ReturnStatement' ||
    (parent?.type === 'ArrowFunctionExpression' && site.key === 'body')
  if (isKey && node.type === 'TemplateLiteral') out.push(...separated(node, textOf(node)))
  if (isKey && node.type === 'BinaryExpression' && node['operator'] === '+') {
    const [left, right] = [child(node, 'left'), child(node, 'right')]
    if (left !== null && right !== null && left.type !== 'StringLiteral' && right.type !== 'StringLiteral')
      out.push(replaceNode('string', node, `${textOf(left)} + ':' + ${textOf(right)}`, 0.15))
  }
  if (method === 'join' && isKey && children(node, 'arguments').some((each) => textOf(each) === "''"))
    out.push(replaceNode('string', first ?? node, "':'", 0.3))
  return out
}

function separated(node: Node, text: string): Mutation[] {
  const whole = text.replaceAll('}${', '}:${')
  return whole === text ? [] : [replaceNode('string', node, whole, 0.4)]
}

/** One object in every place: `fill` gives all elements the same array. */
export const sharedFill: Operator = ({ node }, { textOf }) => {
  if (!isCall(node) || methodOf(node) !== 'fill') return []
  const [value, ...more] = children(node, 'arguments')
  if (value === undefined || more.length > 0 || !(made.test(value.type) || isCall(value))) return []
  const list = child(child(node, 'callee'), 'object')
  if (list === null) return []
  const length = children(list, 'arguments')[0]
  const isNew = nameOf(child(list, 'callee')) === 'Array' && length !== undefined
  const element = value.type === 'ObjectExpression' ? `(${textOf(value)})` : textOf(value)
  const text = isNew
    ? `Array.from({ length: ${textOf(length)} }, () => ${element})`
    : `${textOf(list)}.fill().map(() => ${element})`
  return [replaceNode('alias', node, text, 0.7)]
}

/** The whole list where one element of it was used: `args` for `args[0]`. */
export const wholeLists: Operator = (site, { textOf }) => {
  const { node } = site
  const index = isMember(node) && node['computed'] === true ? child(node, 'property') : null
  const list = child(node, 'object')
  if (index?.type !== 'NumericLiteral' || list?.type !== 'Identifier') return []
  const rest = children(functionOf(site), 'params').some(
    (param) => param.type === 'RestElement' && nameOf(child(param, 'argument')) === nameOf(list),
  )
  return [replaceNode('property', node, textOf(list), rest ? 0.7 : 0.2)]
}

/** `for (… in list)` gives names and texts, `for (… of map)` values: one taken for the other. */
export const walks: Operator = ({ node }, { textOf }) => {
  if (!/^For(?:In|Of)Statement$/.test(node.type)) return []
  const right = child(node, 'right')
  const left = child(node, 'left')
  if (left === null || right === null) return []
  const between = { start: left.end, end: right.end }
  const as = (text: string, prior: number): Mutation => ({
    family: 'method',
    splices: [{ ...between, text }],
    prior,
  })
  const list = textOf(right)
  if (node.type === 'ForInStatement') return [as(` of ${list}`, 0.5), as(` of ${list}.keys()`, 0.15)]
  return [as(` of Object.keys(${list})`, 0.06), as(` of Object.values(${list})`, 0.06)]
}

/** Text of a user in a pattern: what means something in a pattern has to be escaped. */
export const builtPatterns: Operator = ({ node }, { textOf }) => {
  const [source] = children(node, 'arguments')
  if (nameOf(child(node, 'callee')) !== 'RegExp' || source === undefined) return []
  const escape = (text: string): string => `${text}.replace(/[.*+?^$\{}()|[\\]\\\\]/g, '\\\\$&')`
  const escaped = (each: Node): Mutation =>
    replaceNode(
      'string',
      each,
      escape(/^(?:Identifier|Member|Call)/.test(each.type) ? textOf(each) : `(${textOf(each)})`),
      0.5,
    )
  const parts = source.type === 'TemplateLiteral' ? children(source, 'expressions') : [source]
  return parts.filter((each) => each.type !== 'StringLiteral').map(escaped)
}

/** Months count from 0, days from 1, and day 0 is the last of the month before: one off in the parts of a date. */
export const dateParts: Operator = ({ node }, { textOf }) => {
  const callee = child(node, 'callee')
  const isDate =
    (node.type === 'NewExpression' && nameOf(callee) === 'Date') ||
    (isCall(node) && methodOf(node) === 'UTC') ||
    (isCall(node) && /^set(?:UTC)?(?:Month|FullYear|Date)$/.test(methodOf(node)))
  const parts = children(node, 'arguments')
  if (!isDate || (parts.length < 2 && node.type === 'NewExpression')) return []
  return parts
    .slice(0, 3)
    .filter((part) => /^(?:Identifier|MemberExpression|CallExpression)$/.test(part.type))
    .flatMap((part, index): Mutation[] => [
      replaceNode('boundary', part, `${textOf(part)} + 1`, index === 1 ? 0.5 : 0.2),
      replaceNode('boundary', part, `${textOf(part)} - 1`, index === 1 ? 0.5 : 0.2),
    ])
}

/** A map keeps the place of a key that it knows: what counts as newest has to be taken out before. */
export const recency: Operator = ({ node }, { textOf }) => {
  const call = node.type === 'ExpressionStatement' ? child(node, 'expression') : null
  if (call === null || !isCall(call) || !/^(?:set|add)$/.test(methodOf(call))) return []
  const [key] = children(call, 'arguments')
  const container = child(child(call, 'callee'), 'object')
  if (key === undefined || container === null) return []
  return [insertAt('order', node.start, `${textOf(container)}.delete(${textOf(key)})\n`, 0.3)]
}

/** Two steps in the wrong order: `f(x).m()` for `f(x.m())`, on a copy where the method changes its object. */
export const composition: Operator = ({ node }, { textOf }) => {
  const [method, inner] = [methodOf(node), child(child(node, 'callee'), 'object')]
  if (!isCall(node) || !isCall(inner) || method === '' || children(node, 'arguments').some(isFunction))
    return []
  const [first] = children(inner, 'arguments')
  const callee = child(inner, 'callee')
  if (first === undefined || callee === null || isMember(callee)) return []
  const changes = /^(?:reverse|sort)$/.test(method)
  const call = (object: string): string =>
    `${textOf(callee)}(${object}.${method}(${children(node, 'arguments').map(textOf).join(', ')})${children(
      inner,
      'arguments',
    )
      .slice(1)
      .map((each) => `, ${textOf(each)}`)
      .join('')})`
  const plain = replaceNode('order', node, call(textOf(first)), changes ? 0.1 : 0.3)
  return changes ? [plain, replaceNode('order', node, call(`[...${textOf(first)}]`), 0.35)] : [plain]
}

/** `in` finds what every object inherits: `'toString' in {}` is true. */
export const ownKeys: Operator = ({ node }, { textOf }) => {
  const [key, object] = [child(node, 'left'), child(node, 'right')]
  if (node.type !== 'BinaryExpression' || node['operator'] !== 'in' || key === null || object === null)
    return []
  return [replaceNode('property', node, `Object.hasOwn(${textOf(object)}, ${textOf(key)})`, 0.5)]
}
