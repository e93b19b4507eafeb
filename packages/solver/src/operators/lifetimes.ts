import {
  child,
  children,
  field,
  isCall,
  isMember,
  isNode,
  methodOf,
  nameOf,
  type Node,
} from '../syntax/node.ts'
import { bindingsAt } from '../syntax/scope.ts'
import type { Site } from '../syntax/source-file.ts'
import { siblings } from './conditions.ts'
import { insertAt, type Mutation, type Operator } from './mutation.ts'

/** Words of tests about what fails, or comes late. */
const failing = /fail|reject|error|throw|retry|down|finally|releas|after an? /i

/** Container, key and value of `container.set(key, value)` and `container[key] = value`. */
function stored(node: Node): { container: Node; key: Node; value: Node; drop: 'delete' | 'remove' } | null {
  if (isCall(node) && methodOf(node) === 'set') {
    const [key, value] = children(node, 'arguments')
    const container = child(child(node, 'callee'), 'object')
    return key === undefined || value === undefined || container === null
      ? null
      : { container, key, value, drop: 'remove' }
  }
  const left = node.type === 'AssignmentExpression' ? child(node, 'left') : null
  if (!isMember(left) || left['computed'] !== true) return null
  const [container, key, value] = [child(left, 'object'), child(left, 'property'), child(node, 'right')]
  return container === null || key === null || value === null
    ? null
    : { container, key, value, drop: 'delete' }
}

/** Expressions that may be the promise inside a stored value: itself, or what its object literal got from calls. */
function promisesIn(value: Node, site: Site): string[] {
  const name = nameOf(value)
  if (name === '') return []
  const init = bindingsAt(site).find((binding) => binding.name === name)?.init ?? null
  if (init?.type !== 'ObjectExpression') return [name]
  return children(init, 'properties').flatMap((property) => {
    const own = child(property, 'value')
    const key = nameOf(child(property, 'key'))
    return key === '' || !(isCall(own) || property['shorthand'] === true) ? [] : [`${name}.${key}`]
  })
}

/** What is kept of something asynchronous although it failed: a rejected promise in a cache. */
export const keptFailures: Operator = (site, context) => {
  const { node } = site
  if (node.type !== 'ExpressionStatement') return []
  const expression = child(node, 'expression')
  const found = expression === null ? null : stored(expression)
  if (found === null) return []
  const { textOf, hints } = context
  const [container, key] = [textOf(found.container), textOf(found.key)]
  const drop = found.drop === 'remove' ? `${container}.delete(${key})` : `delete ${container}[${key}]`
  const prior = failing.test(hints.text) ? 0.5 : 0.15
  const values = promisesIn(found.value, site)
  return values.map((value) =>
    insertAt('async', node.end, `\n${value}.catch(() => { ${drop} })`, prior / values.length),
  )
}

function awaits(node: Node): boolean {
  if (node.type === 'AwaitExpression') return true
  return Object.values(node).some((value) =>
    isNode(value)
      ? awaits(value)
      : Array.isArray(value) && value.some((each) => isNode(each) && awaits(each)),
  )
}

/** Statements that end something: they call, count or clear, and give no value on. */
function endsSomething(node: Node | undefined): node is Node {
  if (node?.type !== 'ExpressionStatement') return false
  const expression = child(node, 'expression')
  return (
    expression?.type === 'UpdateExpression' ||
    expression?.type === 'AssignmentExpression' ||
    (expression?.type === 'UnaryExpression' && field(expression, 'operator') === 'delete') ||
    isCall(expression)
  )
}

/** What has to be done at the end even where the step before it fails: `try … finally`. */
export const certainEnds: Operator = (site, { textOf, hints }) => {
  const { node } = site
  const list = siblings(site)
  const end = list[list.indexOf(node) + 1]
  if (!endsSomething(end)) return []
  const calls = awaits(node) || /\(/.test(textOf(node))
  if (!calls) return []
  const prior = (failing.test(hints.text) ? 0.5 : 0.12) * (awaits(node) ? 1 : 0.7)
  const whole = (body: string, last: Node): Mutation => ({
    family: 'async',
    splices: [{ start: node.start, end: last.end, text: `try {\n${body}\n} finally {\n${textOf(end)}\n}` }],
    prior,
  })
  if (/^(?:Expression|For|ForOf|While|If)Statement$/.test(node.type)) return [whole(textOf(node), end)]
  const after = list[list.indexOf(node) + 2]
  const declared = children(node, 'declarations')
  const [only] = declared
  if (node.type !== 'VariableDeclaration' || declared.length !== 1 || only === undefined) return []
  if (after?.type !== 'ReturnStatement') return []
  const isSame = nameOf(child(after, 'argument')) === nameOf(child(only, 'id'))
  const init = child(only, 'init')
  const body = isSame && init !== null ? `return ${textOf(init)}` : `${textOf(node)}\n${textOf(after)}`
  return [whole(body, after)]
}

/** A timer that is set anew while the last one still runs. */
export const runningTimers: Operator = (site, { textOf }) => {
  const { node } = site
  const expression = node.type === 'ExpressionStatement' ? child(node, 'expression') : null
  if (expression?.type !== 'AssignmentExpression') return []
  const [left, right] = [child(expression, 'left'), child(expression, 'right')]
  const setter = /^set(Timeout|Interval|Immediate)$/.exec(nameOf(child(right, 'callee')))?.[1]
  if (left === null || setter === undefined) return []
  return [insertAt('async', node.start, `clear${setter}(${textOf(left)})\n`, 0.5)]
}
