import { child, field, isCall, isFunction, isLoop, methodOf, type Node } from '../syntax/node.ts'
import { parentOf, type Site, type SourceFile } from '../syntax/source-file.ts'
import type { Family } from './family.ts'
import { replaceNode, swapNodes, type Mutation, type Operator } from './mutation.ts'

type Table = Record<string, readonly (readonly [string, number])[]>

const comparisons: Table = {
  '<': [
    ['<=', 1],
    ['>', 0.6],
    ['>=', 0.5],
  ],
  '<=': [
    ['<', 1],
    ['>=', 0.6],
    ['>', 0.5],
  ],
  '>': [
    ['>=', 1],
    ['<', 0.6],
    ['<=', 0.5],
  ],
  '>=': [
    ['>', 1],
    ['<=', 0.6],
    ['<', 0.5],
  ],
  '===': [
    ['!==', 0.65],
    ['>=', 0.15],
    ['<=', 0.15],
    ['==', 0.1],
  ],
  '!==': [
    ['===', 0.65],
    ['>', 0.15],
    ['<', 0.15],
    ['!=', 0.1],
  ],
  '==': [
    ['!=', 0.6],
    ['===', 0.5],
  ],
  '!=': [
    ['==', 0.6],
    ['!==', 0.4],
  ],
}

const arithmetic: Table = {
  '+': [
    ['-', 0.8],
    ['*', 0.3],
  ],
  '-': [
    ['+', 0.85],
    ['*', 0.1],
    ['/', 0.1],
  ],
  '*': [
    ['/', 0.55],
    ['+', 0.35],
    ['**', 0.12],
    ['-', 0.1],
  ],
  '/': [
    ['*', 0.65],
    ['%', 0.25],
    ['-', 0.1],
  ],
  '%': [
    ['/', 0.35],
    ['*', 0.12],
    ['-', 0.1],
  ],
  '**': [['*', 0.5]],
  '<<': [
    ['>>', 0.6],
    ['>>>', 0.3],
  ],
  '>>': [
    ['>>>', 0.5],
    ['<<', 0.5],
  ],
  '>>>': [
    ['>>', 0.5],
    ['<<', 0.4],
  ],
  '&': [
    ['|', 0.6],
    ['&&', 0.5],
    ['^', 0.3],
  ],
  '|': [
    ['&', 0.6],
    ['||', 0.5],
    ['^', 0.3],
  ],
  '^': [
    ['&', 0.4],
    ['|', 0.4],
    ['**', 0.4],
  ],
}

const logical: Table = {
  '&&': [['||', 0.85]],
  '||': [
    ['&&', 0.85],
    ['??', 0.55],
  ],
  '??': [
    ['||', 0.4],
    ['&&', 0.2],
  ],
}

const assignments: Table = {
  '=': [
    ['+=', 0.35],
    ['??=', 0.12],
    ['-=', 0.06],
    ['||=', 0.06],
    ['*=', 0.06],
  ],
  '+=': [
    ['-=', 0.7],
    ['=', 0.4],
    ['*=', 0.35],
  ],
  '-=': [
    ['+=', 0.75],
    ['=', 0.4],
  ],
  '*=': [
    ['/=', 0.5],
    ['+=', 0.4],
    ['=', 0.2],
  ],
  '/=': [
    ['*=', 0.6],
    ['-=', 0.2],
  ],
  '||=': [
    ['??=', 0.6],
    ['=', 0.3],
  ],
  '&&=': [
    ['||=', 0.5],
    ['=', 0.3],
  ],
  '??=': [
    ['=', 0.4],
    ['||=', 0.3],
  ],
}

/** Replaces the operator between two operands, found in the text between them. */
function swapOperator(file: SourceFile, node: Node, table: Table, family: Family): Mutation[] {
  const [left, right, operator] = [child(node, 'left'), child(node, 'right'), field(node, 'operator')]
  if (left === null || right === null) return []
  const at = file.text.indexOf(operator, left.end)
  if (at === -1 || at >= right.start) return []
  return (table[operator] ?? []).map(([text, prior]) => ({
    family,
    prior,
    splices: [{ start: at, end: at + operator.length, text }],
  }))
}

function isComparator(site: Site): boolean {
  const fn = site.parents.findLastIndex((parent) => isFunction(parent))
  const call = site.parents[fn - 1]
  return isCall(call) && /^(?:sort|toSorted)$/.test(methodOf(call))
}

/** Comparison, arithmetic, bit and logical operators; the order of operands; one operand too many; precedence. */
export const binaryOperators: Operator = (site, { file, textOf }) => {
  const { node } = site
  if (node.type !== 'BinaryExpression' && node.type !== 'LogicalExpression') return []
  const [left, right, operator] = [child(node, 'left'), child(node, 'right'), field(node, 'operator')]
  if (left === null || right === null) return []
  const isLogical = node.type === 'LogicalExpression'
  const family: Family = isLogical ? 'logic' : operator in comparisons ? 'compare' : 'arith'
  const out = swapOperator(file, node, { ...comparisons, ...arithmetic, ...logical }, family)
  const literal = (each: Node): boolean => each.type === 'NumericLiteral'
  if (
    operator === '-' ||
    operator === '/' ||
    operator === '%' ||
    (operator === '+' && !literal(left) && !literal(right))
  )
    out.push(
      swapNodes(
        isComparator(site) ? 'order' : 'arith',
        file,
        left,
        right,
        isComparator(site) ? 0.8 : operator === '+' ? 0.15 : 0.45,
      ),
    )
  if (operator === '<' || operator === '>')
    if (isComparator(site)) out.push(swapNodes('order', file, left, right, 0.6))
  const keep = isLogical ? 0.4 : operator in comparisons ? 0 : literal(right) ? 0.6 : 0.12
  if (keep > 0) {
    out.push(
      replaceNode(isLogical ? 'condition' : literal(right) ? 'boundary' : 'arith', node, textOf(left), keep),
    )
    out.push(replaceNode(isLogical ? 'condition' : 'arith', node, textOf(right), isLogical ? 0.4 : 0.1))
  }
  out.push(...regroup(node, operator, left, right))
  return out
}

const tight = new Set(['*', '/', '%', '&&'])
const loose = new Set(['+', '-', '||', '??'])

function isParenthesized(node: Node): boolean {
  const extra: unknown = node['extra']
  return typeof extra === 'object' && extra !== null && 'parenthesized' in extra
}

/** The first operands of a chain of tight operators, from the innermost pair outwards. */
function heads(node: Node, key: 'left' | 'right'): Node[] {
  const below = child(node, key)
  if (!tight.has(field(node, 'operator')) || isParenthesized(node) || below === null) return []
  return [...heads(below, key), below]
}

/** `a + b * c` as `(a + b) * c`, and back. */
function regroup(node: Node, operator: string, left: Node, right: Node): Mutation[] {
  const family: Family = node.type === 'LogicalExpression' ? 'logic' : 'arith'
  const around = (start: number, end: number, prior: number): Mutation => ({
    family,
    prior,
    splices: [
      { start, end: start, text: '(' },
      { start: end, end, text: ')' },
    ],
  })
  const out: Mutation[] = []
  if (loose.has(operator)) {
    for (const head of heads(right, 'left')) out.push(around(left.start, head.end, 0.4))
    for (const head of heads(left, 'right')) out.push(around(head.start, right.end, 0.4))
  }
  if (!tight.has(operator)) return out
  for (const side of [left, right])
    if (isParenthesized(side) && loose.has(field(side, 'operator')))
      out.push({ family, prior: 0.3, splices: bare(side) })
  return out
}

/** Removes the parentheses next to a node. */
function bare(node: Node): Mutation['splices'] {
  const extra: unknown = node['extra']
  const open =
    typeof extra === 'object' &&
    extra !== null &&
    'parenStart' in extra &&
    typeof extra.parenStart === 'number'
      ? extra.parenStart
      : node.start
  return [
    { start: open, end: open + 1, text: '' },
    { start: node.end, end: node.end + 1, text: '' },
  ]
}

/** Assignment operators, also where a comparison was meant; increments; signs and negations too many. */
export const unaryAndAssignment: Operator = (site, { file, textOf }) => {
  const { node, key } = site
  const parent = parentOf(site)
  if (node.type === 'AssignmentExpression') {
    const out = swapOperator(file, node, assignments, 'arith')
    const inCondition = key === 'test' && field(node, 'operator') === '='
    if (inCondition) out.push(...swapOperator(file, node, { '=': [['===', 0.95]] }, 'compare'))
    const right = child(node, 'right')
    // Kept in the old value, the result of a call that gives a new one is lost.
    if (right !== null && field(node, 'operator') === '+=' && right.type !== 'NumericLiteral')
      out.push(replaceNode('arith', right, `-(${textOf(right)})`, 0.1))
    return out
  }
  if (node.type === 'ExpressionStatement' && child(node, 'expression')?.type === 'BinaryExpression') {
    const expression = child(node, 'expression')
    return expression === null
      ? []
      : swapOperator(
          file,
          expression,
          { '===': [['=', 0.9]], '==': [['=', 0.9]], '+': [['+=', 0.8]], '-': [['-=', 0.8]] },
          'statement',
        )
  }
  const argument = child(node, 'argument')
  if (argument === null) return []
  if (node.type === 'UpdateExpression') {
    const [operator, prefix] = [field(node, 'operator'), node['prefix'] === true]
    const other = operator === '++' ? '--' : '++'
    const used = parent?.type !== 'ExpressionStatement' && !(isLoop(parent) && key === 'update')
    const write = (op: string, before: boolean): string =>
      before ? op + textOf(argument) : textOf(argument) + op
    const out = [
      replaceNode('arith', node, write(other, prefix), 0.5),
      replaceNode('boundary', node, `${textOf(argument)} ${operator[0]}= 2`, 0.12),
    ]
    if (used)
      out.push(
        replaceNode('boundary', node, write(operator, !prefix), 0.5),
        replaceNode('boundary', node, `${textOf(argument)} ${operator[0]} 1`, 0.2),
      )
    return out
  }
  if (node.type === 'UnaryExpression') {
    const operator = field(node, 'operator')
    if (operator === '!') return [replaceNode('condition', node, textOf(argument), 0.6)]
    if (operator === '-' || operator === '+' || operator === '~')
      return [replaceNode('arith', node, textOf(argument), 0.5)]
  }
  return []
}
