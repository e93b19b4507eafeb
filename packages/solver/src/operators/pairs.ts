import {
  child,
  children,
  field,
  isCall,
  isFunction,
  isMember,
  methodOf,
  nameOf,
  type Node,
} from '../syntax/node.ts'
import { functionOf, parentOf, type Site } from '../syntax/source-file.ts'
import { siblings } from './conditions.ts'
import { insertAt, replaceNode, type Mutation, type Operator } from './mutation.ts'

/** Calls that are undone by another, with the arguments that the other takes. */
const inverses: Record<string, { name: string; keep: 'none' | 'first' | 'all' }> = {
  push: { name: 'pop', keep: 'none' },
  unshift: { name: 'shift', keep: 'none' },
  add: { name: 'delete', keep: 'first' },
  set: { name: 'delete', keep: 'first' },
  on: { name: 'off', keep: 'all' },
  addEventListener: { name: 'removeEventListener', keep: 'all' },
  subscribe: { name: 'unsubscribe', keep: 'all' },
  lock: { name: 'unlock', keep: 'all' },
  acquire: { name: 'release', keep: 'none' },
  open: { name: 'close', keep: 'none' },
  start: { name: 'stop', keep: 'none' },
}

/** The statement that takes back what another does, where there is one. */
function inverseOf(statement: Node, textOf: (node: Node) => string): string | null {
  const expression = child(statement, 'expression')
  if (expression?.type === 'UpdateExpression') {
    const argument = child(expression, 'argument')
    return argument === null
      ? null
      : `${textOf(argument)}${field(expression, 'operator') === '++' ? '--' : '++'}`
  }
  if (expression?.type === 'AssignmentExpression' && /^[+-]=$/.test(field(expression, 'operator'))) {
    const [left, right] = [child(expression, 'left'), child(expression, 'right')]
    const operator = field(expression, 'operator') === '+=' ? '-=' : '+='
    return left === null || right === null ? null : `${textOf(left)} ${operator} ${textOf(right)}`
  }
  if (!isCall(expression)) return null
  const callee = child(expression, 'callee')
  const inverse = Object.hasOwn(inverses, methodOf(expression)) ? inverses[methodOf(expression)] : undefined
  const object = isMember(callee) ? child(callee, 'object') : null
  if (inverse === undefined || object === null) return null
  const list = children(expression, 'arguments').map(textOf)
  const kept = inverse.keep === 'none' ? [] : inverse.keep === 'first' ? list.slice(0, 1) : list
  return `${textOf(object)}.${inverse.name}(${kept.join(', ')})`
}

/** What was entered and never left again: the missing second half of a pair, at the end of the block or after a step. */
export const unpaired: Operator = (site, { textOf, file }) => {
  const { node } = site
  if (node.type !== 'ExpressionStatement' || functionOf(site) === null) return []
  const text = inverseOf(node, textOf)
  const list = siblings(site)
  if (text === null || list.length < 2 || file.text.includes(text)) return []
  const after = list.slice(list.indexOf(node) + 1)
  return after.map((each, index) =>
    /^(?:Return|Throw)Statement$/.test(each.type)
      ? insertAt('state', each.start, `${text}\n`, 0.4)
      : insertAt('state', each.end, `\n${text}`, index === after.length - 1 ? 0.45 : 0.35),
  )
}

/** `yield*` where another generator was only called or given as a value. */
export const delegation: Operator = (site, { textOf }) => {
  const { node } = site
  const generator = functionOf(site)?.['generator'] === true
  const out: Mutation[] = []
  if (node.type === 'YieldExpression') {
    const argument = child(node, 'argument')
    if (argument !== null)
      out.push(
        replaceNode(
          'statement',
          node,
          `yield${node['delegate'] === true ? '' : '*'} ${textOf(argument)}`,
          0.5,
        ),
      )
  }
  const expression = node.type === 'ExpressionStatement' ? child(node, 'expression') : null
  if (generator && isCall(expression))
    out.push(
      insertAt('statement', node.start, 'yield* ', 0.85),
      insertAt('statement', node.start, 'yield ', 0.4),
    )
  return out
}

/** A copy of what is walked over, for bodies that change it on the way. */
export const walkedCopies: Operator = (site, { textOf }) => {
  const { node } = site
  if (node.type === 'ForOfStatement') {
    const right = child(node, 'right')
    return right !== null &&
      /^(?:Identifier|MemberExpression|CallExpression|OptionalMemberExpression)$/.test(right.type)
      ? [replaceNode('alias', right, `[...${textOf(right)}]`, 0.25)]
      : []
  }
  const object = isCall(node) && methodOf(node) === 'forEach' ? child(child(node, 'callee'), 'object') : null
  return object === null ? [] : [replaceNode('alias', object, `[...${textOf(object)}]`, 0.25)]
}

const mutators = /^(?:push|pop|shift|unshift|splice|sort|reverse|fill|set|add|delete|clear|assign)$/

/** Whether a name's object is changed in place within a function. */
function changesInPlace(fn: Node, name: string, sites: readonly Site[]): boolean {
  return sites.some((site) => {
    const { node } = site
    if (node.start < fn.start || node.end > fn.end || nameOf(node) !== name || site.key !== 'object')
      return false
    const parent = parentOf(site)
    const above = site.parents.at(-2)
    if (isCall(above) && child(above, 'callee') === parent) return mutators.test(methodOf(above))
    return (
      (above?.type === 'AssignmentExpression' && child(above, 'left') === parent) ||
      above?.type === 'UpdateExpression' ||
      above?.type === 'UnaryExpression'
    )
  })
}

/** A second name for an object that is then changed in place: a copy was meant. */
export const aliases: Operator = (site, { textOf, file }) => {
  const { node, key } = site
  const parent = parentOf(site)
  const fn = functionOf(site)
  if (parent?.type !== 'VariableDeclarator' || key !== 'init' || fn === null || isFunction(node)) return []
  if (!(node.type === 'Identifier' || isMember(node) || isCall(node))) return []
  const name = nameOf(child(parent, 'id'))
  if (name === '' || !changesInPlace(fn, name, file.sites)) return []
  const prior = isCall(node) ? 0.3 : 0.5
  return [
    replaceNode('alias', node, `{ ...${textOf(node)} }`, prior),
    replaceNode('alias', node, `[...${textOf(node)}]`, prior),
    replaceNode('alias', node, `structuredClone(${textOf(node)})`, prior * 0.7),
    replaceNode('alias', node, `new Map(${textOf(node)})`, prior * 0.25),
    replaceNode('alias', node, `new Set(${textOf(node)})`, prior * 0.25),
  ]
}
