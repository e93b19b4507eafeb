import {
  child,
  children,
  field,
  isCall,
  isLoop,
  isMember,
  methodOf,
  nameOf,
  type Node,
} from '../syntax/node.ts'
import { parentOf, type Site } from '../syntax/source-file.ts'
import { replaceNode, type Mutation, type Operator } from './mutation.ts'

const indexMethods =
  /^(?:slice|substring|substr|splice|at|charAt|charCodeAt|codePointAt|padStart|padEnd|repeat|fill|with|toFixed|setDate|setMonth|setFullYear|subarray|lastIndexOf|indexOf)$/

function isNumberLike(node: Node): boolean {
  return /^(?:Identifier|MemberExpression|BinaryExpression|CallExpression|OptionalMemberExpression)$/.test(
    node.type,
  )
}

function step(node: Node, text: string, prior: number, both = prior): Mutation[] {
  const wrapped =
    node.type === 'ConditionalExpression' || node.type === 'LogicalExpression' ? `(${text})` : text
  return [
    replaceNode('boundary', node, `${wrapped} - 1`, prior),
    replaceNode('boundary', node, `${wrapped} + 1`, both),
  ]
}

/** Where one too many or too few matters: indexes, bounds of loops and of comparisons, arguments of slicing. */
export const boundaries: Operator = (site, { textOf }) => {
  const { node, key } = site
  const parent = parentOf(site)
  if (parent === null || !isNumberLike(node)) return []
  const text = textOf(node)
  const isLength = isMember(node) && /^(?:length|size)$/.test(nameOf(child(node, 'property')))
  if (isMember(parent) && parent['computed'] === true && key === 'property')
    return isLength ? step(node, text, 1, 0.1) : step(node, text, 0.35, 0.35)
  if (isComparison(parent)) {
    const loop = isLoop(site.parents.at(-2))
    if (key === 'right') return step(node, text, loop ? 0.45 : 0.25, loop ? 0.35 : 0.25)
    return node.type === 'Identifier' || isLength ? step(node, text, 0.12) : []
  }
  if (isCall(parent) && key === 'arguments' && indexMethods.test(methodOf(parent)))
    return step(node, text, 0.4)
  if (methodOf(node) === 'getMonth' || methodOf(node) === 'getUTCMonth')
    return step(node, isCall(parent) || key === 'expressions' ? text : `(${text}`, 0.1, 0.5).map((mutation) =>
      isCall(parent) || key === 'expressions' ? mutation : closeParenthesis(mutation),
    )
  if (
    parent.type === 'NewExpression' &&
    key === 'arguments' &&
    /^(?:Date|Array)$/.test(nameOf(child(parent, 'callee')))
  )
    return step(node, text, 0.35)
  if (parent.type === 'TemplateLiteral' && key === 'expressions') return step(node, text, 0.1, 0.15)
  if (parent.type === 'VariableDeclarator' && key === 'init') {
    if (isLength) return step(node, text, 0.5, 0.2)
    return node.type === 'BinaryExpression' ? step(node, text, 0.15) : []
  }
  if (
    parent.type === 'ReturnStatement' &&
    node.type === 'BinaryExpression' &&
    field(node, 'operator') !== '==='
  )
    return isComparison(node) ? [] : step(node, text, 0.15)
  if (parent.type === 'ReturnStatement' && (isLength || node.type === 'Identifier'))
    return step(node, text, 0.12)
  if (parent.type === 'AssignmentExpression' && key === 'right' && node.type === 'Identifier')
    return step(node, text, 0.2)
  if (isCall(parent) && key === 'arguments' && (node.type === 'Identifier' || isLength))
    return step(node, text, 0.12)
  if (parent.type === 'BinaryExpression' && isLength)
    return step(node, `(${text}`, 0.15).map(closeParenthesis)
  return []
}

function closeParenthesis(mutation: Mutation): Mutation {
  return { ...mutation, splices: mutation.splices.map((splice) => ({ ...splice, text: `${splice.text})` })) }
}

function isComparison(node: Node): boolean {
  return node.type === 'BinaryExpression' && /^[<>]=?$|^[!=]==?$/.test(field(node, 'operator'))
}

/** Arguments that bound a range: one left out, or both shifted (`substr` for `substring`, a count for an end). */
export const ranges: Operator = (site: Site, { textOf }) => {
  const { node } = site
  const method = methodOf(node)
  const [first, second] = children(node, 'arguments')
  if (!isCall(node) || !/^(?:slice|substring|substr|splice|subarray)$/.test(method) || first === undefined)
    return []
  const out: Mutation[] = []
  const from = textOf(first)
  if (second !== undefined) {
    const end = textOf(second)
    out.push(replaceNode('boundary', second, `${from} + ${end}`, from === '0' ? 0.05 : 0.5))
    out.push(replaceNode('boundary', second, `${end} - ${from}`, from === '0' ? 0.05 : 0.2))
    out.push({ family: 'boundary', prior: 0.3, splices: [{ start: first.end, end: second.end, text: '' }] })
  } else {
    out.push({
      family: 'boundary',
      prior: 0.35,
      splices: [{ start: first.start, end: first.start, text: '0, ' }],
    })
    out.push({
      family: 'boundary',
      prior: 0.25,
      splices: [{ start: first.end, end: first.end, text: ', -1' }],
    })
    if (method === 'splice')
      out.push({
        family: 'boundary',
        prior: 0.7,
        splices: [{ start: first.end, end: first.end, text: ', 1' }],
      })
  }
  out.push(replaceNode('boundary', first, `-${from}`, 0.3))
  return out
}
