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
import { bindingsAt } from '../syntax/scope.ts'
import { functionOf, parentOf } from '../syntax/source-file.ts'
import { insertAt, replaceNode, swapNodes, type Mutation, type Operator } from './mutation.ts'

/** Methods that are taken for each other. Each group is tried in both directions. */
const groups: readonly (readonly string[])[] = [
  ['find', 'filter', 'findLast', 'findIndex', 'some'],
  ['some', 'every'],
  ['slice', 'splice'],
  ['slice', 'substring', 'substr'],
  ['push', 'unshift', 'concat'],
  ['shift', 'pop'],
  ['indexOf', 'lastIndexOf', 'includes', 'findIndex'],
  ['findIndex', 'findLastIndex'],
  ['floor', 'ceil', 'round', 'trunc'],
  ['max', 'min'],
  ['keys', 'values', 'entries'],
  ['startsWith', 'endsWith', 'includes'],
  ['padStart', 'padEnd'],
  ['toUpperCase', 'toLowerCase'],
  ['trim', 'trimStart', 'trimEnd'],
  ['map', 'forEach', 'filter', 'flatMap'],
  ['reduce', 'reduceRight'],
  ['parseInt', 'parseFloat'],
  ['getDay', 'getDate', 'getUTCDay', 'getUTCDate'],
  ['getMonth', 'getUTCMonth'],
  ['getFullYear', 'getUTCFullYear', 'getYear'],
  ['getHours', 'getUTCHours'],
  ['getMinutes', 'getUTCMinutes', 'getMonth'],
  ['setDate', 'setUTCDate', 'setDay'],
  ['replace', 'replaceAll'],
  ['match', 'matchAll'],
  ['get', 'has', 'delete'],
  ['set', 'add', 'get'],
  ['all', 'allSettled', 'race', 'any'],
  ['encodeURI', 'encodeURIComponent'],
  ['decodeURI', 'decodeURIComponent'],
  ['sort', 'toSorted'],
  ['reverse', 'toReversed'],
  ['join', 'concat', 'toString'],
  ['charAt', 'charCodeAt', 'at', 'codePointAt'],
  ['then', 'catch', 'finally'],
  ['on', 'once', 'off'],
  ['setTimeout', 'setInterval', 'setImmediate'],
  ['clearTimeout', 'clearInterval'],
  ['resolve', 'reject'],
  ['isInteger', 'isFinite', 'isNaN', 'isSafeInteger'],
  ['call', 'apply', 'bind'],
  ['test', 'exec', 'match'],
  ['abs', 'sign', 'floor'],
  ['sqrt', 'cbrt'],
  ['assign', 'create', 'freeze'],
  ['toFixed', 'toPrecision'],
]

function others(name: string): [string, number][] {
  const out = new Map<string, number>()
  for (const group of groups)
    if (group.includes(name))
      for (const each of group)
        if (each !== name) out.set(each, out.get(each) ?? (group.length > 3 ? 0.4 : 0.55))
  return [...out]
}

/** A method or global function that is often taken for another. */
export const methods: Operator = ({ node }) => {
  if (!isCall(node)) return []
  const callee = child(node, 'callee')
  const property = isMember(callee) ? child(callee, 'property') : callee
  if (property === null || (isMember(callee) && callee['computed'] === true)) return []
  return others(nameOf(property)).map(([name, prior]) => replaceNode('method', property, name, prior))
}

/** Arguments in another order, one too many, or one that a function of the file still wants. */
export const argumentLists: Operator = (site, { file, facts, textOf }) => {
  const { node } = site
  if (!isCall(node) && node.type !== 'NewExpression') return []
  const list = children(node, 'arguments')
  const out: Mutation[] = []
  list.forEach((first, index) => {
    for (const second of list.slice(index + 1)) {
      const plain = !isFunction(first) && !isFunction(second)
      out.push(
        swapNodes(
          'argument',
          file,
          first,
          second,
          plain ? (first.type === 'StringLiteral' || second.type === 'StringLiteral' ? 0.4 : 0.6) : 0.1,
        ),
      )
    }
  })
  const [last, before] = [list.at(-1), list.at(-2)]
  if (last !== undefined)
    out.push({
      family: 'argument',
      prior: 0.15,
      splices: [{ start: before?.end ?? last.start, end: last.end, text: '' }],
    })
  const name = nameOf(child(node, 'callee')) || methodOf(node)
  const params = facts.functions.get(name)?.params ?? []
  if (list.length < params.length) {
    const wanted = params[list.length] ?? ''
    const scope = bindingsAt(site).filter((binding) => binding.kind === 'param' || binding.kind === 'local')
    for (const binding of scope.slice(0, 6)) {
      const prior = binding.name === wanted ? 0.8 : facts.unused.has(binding.name) ? 0.6 : 0.2
      out.push(
        insertAt(
          'argument',
          last?.end ?? node.end - 1,
          `${last === undefined ? '' : ', '}${binding.name}`,
          prior,
        ),
      )
    }
  }
  return [...out, ...special(node, name, list, textOf)]
}

function special(node: Node, name: string, list: Node[], textOf: (node: Node) => string): Mutation[] {
  const end = node.end - 1
  const out: Mutation[] = []
  if (/^(?:sort|toSorted)$/.test(name) && list.length === 0) {
    out.push(insertAt('order', end, '(a, b) => a - b', 0.75), insertAt('order', end, '(a, b) => b - a', 0.5))
    out.push(insertAt('order', end, '(a, b) => a.localeCompare(b)', 0.15))
  }
  if (/^reduce(?:Right)?$/.test(name) && list.length === 1)
    for (const [text, prior] of [
      ['0', 0.6],
      ["''", 0.3],
      ['[]', 0.3],
      ['{}', 0.3],
      ['1', 0.2],
    ] as const)
      out.push(insertAt('constant', end, `, ${text}`, prior))
  if (name === 'parseInt' && list.length === 1)
    out.push(
      insertAt('coerce', end, ', 10', 0.5),
      replaceNode('coerce', node, `Number(${list.map(textOf).join(', ')})`, 0.4),
    )
  if (name === 'parseInt' && list.length === 2)
    out.push(replaceNode('coerce', node, `Number(${textOf(list[0] ?? node)})`, 0.3))
  if (name === 'Number' && list.length === 1)
    out.push(replaceNode('coerce', node, `parseFloat(${textOf(list[0] ?? node)})`, 0.25))
  if (name === 'flat' && list.length === 0) out.push(insertAt('argument', end, 'Infinity', 0.5))
  if (name === 'join' && list.length === 0)
    for (const text of ["''", "' '", "', '"]) out.push(insertAt('string', end, text, 0.4))
  if (name === 'split' && list.length === 0)
    out.push(insertAt('string', end, "''", 0.4), insertAt('string', end, "' '", 0.3))
  if (name === 'fill' && list.length === 0) out.push(insertAt('constant', end, '0', 0.5))
  return out
}

/** Calls that were forgotten or that are one too many in a chain; `new`. */
export const chains: Operator = (site, { textOf, facts, hints }) => {
  const { node, key } = site
  const parent = parentOf(site)
  const out: Mutation[] = []
  if (isCall(node)) {
    const callee = child(node, 'callee')
    const list = children(node, 'arguments')
    const object = isMember(callee) ? child(callee, 'object') : null
    if (object !== null && parent?.type !== 'ExpressionStatement') {
      const prior = /^(?:trim|reverse|toLowerCase|toUpperCase|sort|slice|flat|filter|abs|floor|round)$/.test(
        methodOf(node),
      )
        ? 0.3
        : 0.12
      out.push(replaceNode('method', node, textOf(object), prior))
    }
    const only = list[0]
    if (list.length === 1 && only !== undefined && !isFunction(only))
      out.push(replaceNode('method', node, textOf(only), 0.15))
    if (
      /^[A-Z]/.test(nameOf(callee)) &&
      !/^(?:Number|String|Boolean|BigInt|Symbol|Array|Object|Date|Error|RegExp|RangeError|TypeError)$/.test(
        nameOf(callee),
      )
    )
      out.push(insertAt('method', node.start, 'new ', 0.7))
    out.push(...mutatingCopies(node, object, textOf))
  }
  const isValue =
    isCall(node) ||
    isMember(node) ||
    (node.type === 'Identifier' && key !== 'callee' && key !== 'property' && key !== 'id' && key !== 'params')
  const usedAsText =
    isCall(parent) ||
    parent?.type === 'ReturnStatement' ||
    parent?.type === 'VariableDeclarator' ||
    parent?.type === 'BinaryExpression' ||
    isMember(parent)
  if (isValue && usedAsText && key !== 'callee' && key !== 'left' && hints.kinds.has('text'))
    for (const [suffix, prior] of [
      ['.trim()', 0.25],
      ['.toLowerCase()', 0.25],
      ['.toUpperCase()', 0.12],
      ['.reverse()', 0.06],
    ] as const)
      out.push(insertAt('method', node.end, suffix, key === 'property' ? 0 : prior))
  const known =
    nameOf(node) !== '' &&
    facts.functions.has(nameOf(node)) &&
    key !== 'callee' &&
    key !== 'id' &&
    key !== 'local' &&
    key !== 'exported' &&
    key !== 'key' &&
    key !== 'arguments'
  if (known && parent?.type.endsWith('Specifier') !== true) out.push(insertAt('method', node.end, '()', 0.35))
  if (
    isMember(node) &&
    key !== 'callee' &&
    key !== 'left' &&
    facts.methods.has(nameOf(child(node, 'property')))
  )
    out.push(insertAt('method', node.end, '()', 0.35))
  return out.filter((mutation) => mutation.prior > 0)
}

/** A copy before a method that changes its object in place. */
function mutatingCopies(node: Node, object: Node | null, textOf: (node: Node) => string): Mutation[] {
  if (object === null) return []
  const method = methodOf(node)
  const text = textOf(object)
  if (/^(?:sort|reverse|fill|copyWithin)$/.test(method))
    return [replaceNode('alias', object, `[...${text}]`, 0.5)]
  if (/^(?:splice|push|unshift|shift|pop)$/.test(method))
    return [replaceNode('alias', object, `[...${text}]`, 0.08)]
  if (
    method === 'assign' &&
    text === 'Object' &&
    children(node, 'arguments')[0]?.type !== 'ObjectExpression'
  ) {
    const first = children(node, 'arguments')[0]
    return first === undefined ? [] : [insertAt('alias', first.start, '{}, ', 0.7)]
  }
  return []
}

/** `await` where a promise was used as its value, or the other way round; promises that nobody waits for. */
export const waiting: Operator = (site, { textOf, facts, hints }) => {
  const { node, key } = site
  const parent = parentOf(site)
  if (node.type === 'AwaitExpression') {
    const argument = child(node, 'argument')
    return argument === null ? [] : [replaceNode('async', node, textOf(argument), 0.12)]
  }
  if (node.type === 'ForOfStatement' && functionOf(site)?.['async'] === true && node['await'] !== true)
    return [insertAt('async', node.start + 3, ' await', 0.2)]
  if (
    (!isCall(node) &&
      node.type !== 'NewExpression' &&
      !(node.type === 'Identifier' && hints.kinds.has('promise'))) ||
    parent?.type === 'AwaitExpression' ||
    key === 'params' ||
    key === 'id' ||
    key === 'property' ||
    key === 'local'
  )
    return []
  const fn = functionOf(site)
  const name = nameOf(child(node, 'callee')) || methodOf(node)
  const promised =
    facts.functions.get(name)?.async === true ||
    (isCall(node) && nameOf(child(child(node, 'callee'), 'object')) === 'Promise')
  const out: Mutation[] = []
  const text = isMember(parent) && key === 'object' ? `(await ${textOf(node)})` : `await ${textOf(node)}`
  if (fn?.['async'] === true)
    out.push(replaceNode('async', node, text, promised ? 0.9 : node.type === 'Identifier' ? 0.15 : 0.3))
  else if (fn !== null && promised && fn.type !== 'ClassMethod') {
    out.push({
      family: 'async',
      prior: 0.35,
      splices: [
        { start: fn.start, end: fn.start, text: 'async ' },
        { start: node.start, end: node.end, text },
      ],
    })
  }
  const callback = children(node, 'arguments')[0]
  if (/^(?:map|forEach)$/.test(name) && callback !== undefined && callback['async'] === true) {
    const object = child(child(node, 'callee'), 'object')
    const asMap = object === null ? textOf(node) : `${textOf(object)}.map(${textOf(callback)})`
    out.push(replaceNode('async', node, `await Promise.all(${asMap})`, 0.85))
  }
  return out
}

/** `typeof x`, `instanceof` and coercions that were forgotten: numbers from texts, texts from numbers, whole numbers. */
export const coercions: Operator = (site, { textOf, hints }) => {
  const { node, key } = site
  const parent = parentOf(site)
  const out: Mutation[] = []
  const text = textOf(node)
  if (node.type === 'BinaryExpression') {
    const operator = field(node, 'operator')
    const [left, right] = [child(node, 'left'), child(node, 'right')]
    if (left === null || right === null) return []
    if (operator === '/')
      out.push(
        ...['floor', 'round', 'ceil', 'trunc'].map((name) =>
          replaceNode('round', node, `Math.${name}(${text})`, name === 'floor' ? 0.3 : 0.2),
        ),
      )
    if (operator === '-')
      out.push(
        replaceNode('arith', node, `Math.abs(${text})`, 0.25),
        replaceNode('arith', node, `Math.max(0, ${text})`, 0.25),
      )
    if (operator === '%')
      out.push(replaceNode('arith', node, `((${text}) + ${textOf(right)}) % ${textOf(right)}`, 0.35))
    if (operator === '+')
      out.push(replaceNode('coerce', node, `Number(${textOf(left)}) + Number(${textOf(right)})`, 0.25))
    if (/^[!=]==$/.test(operator))
      out.push(
        replaceNode('coerce', node, `String(${textOf(left)}) ${operator} String(${textOf(right)})`, 0.1),
      )
    if (hints.kinds.has('decimal') && /^[*/+-]$/.test(operator) && parent?.type !== 'BinaryExpression')
      out.push(replaceNode('round', node, `Math.round((${text}) * 100) / 100`, 0.4))
    return out
  }
  if (
    key === 'callee' ||
    key === 'left' ||
    key === 'id' ||
    key === 'property' ||
    key === 'params' ||
    key === 'object'
  )
    return out
  const value =
    isMember(node) ||
    isCall(node) ||
    (node.type === 'Identifier' &&
      (key === 'argument' || key === 'init' || key === 'arguments' || key === 'right' || key === 'value'))
  if (!value || isFunction(parent)) return out
  if (hints.kinds.has('decimal')) out.push(replaceNode('round', node, `Math.round(${text} * 100) / 100`, 0.3))
  if (hints.kinds.has('number'))
    out.push(
      replaceNode('coerce', node, `Number(${text})`, 0.16),
      ...['floor', 'round', 'abs'].map((name) => replaceNode('round', node, `Math.${name}(${text})`, 0.06)),
    )
  if (hints.kinds.has('text')) out.push(replaceNode('coerce', node, `String(${text})`, 0.1))
  return out
}
