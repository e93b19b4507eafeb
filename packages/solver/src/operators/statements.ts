import {
  child,
  children,
  field,
  isCall,
  isFunction,
  isLoop,
  isMember,
  nameOf,
  type Node,
} from '../syntax/node.ts'
import { bindingsAt, boundNames, namesUsed } from '../syntax/scope.ts'
import { functionOf, parentOf } from '../syntax/source-file.ts'
import { nextSibling, siblings } from './conditions.ts'
import {
  insertAt,
  replaceNode,
  swapNodes,
  type Mutation,
  type Operator,
  type OperatorContext,
} from './mutation.ts'

const simple = /^(?:Expression|Return|Throw|Break|Continue|If)Statement$/

/** A `return` that was forgotten: before a value, at the end of a function, in an arrow with braces. */
export const returns: Operator = (site, context) => {
  const { node, key } = site
  const { file, textOf } = context
  const fn = functionOf(site)
  const out: Mutation[] = []
  if (node.type === 'ExpressionStatement' && fn !== null && fn['kind'] !== 'constructor') {
    const expression = child(node, 'expression')
    if (expression !== null && !/^(?:Assignment|Update)Expression$/.test(expression.type)) {
      const last = siblings(site).at(-1) === node || key !== 'body'
      out.push(insertAt('return', node.start, 'return ', last ? 0.55 : 0.3))
    } else if (expression !== null) out.push(insertAt('return', node.start, 'return ', 0.06))
  }
  if (node.type === 'ReturnStatement') {
    const argument = child(node, 'argument')
    const names = bindingsAt(site).filter((binding) => binding.kind === 'local' || binding.kind === 'param')
    if (argument === null)
      for (const { name } of names.slice(0, 6)) out.push(replaceNode('return', node, `return ${name}`, 0.4))
    else if (
      site.parents.findLast((parent) => isLoop(parent) || isFunction(parent))?.type.startsWith('For') === true
    )
      out.push(replaceNode('return', node, 'continue', 0.12), replaceNode('return', node, 'break', 0.12))
  }
  if (node.type === 'BlockStatement' && key === 'body' && isFunction(parentOf(site)))
    out.push(...endReturns(node, parentOf(site), context))
  if (node.type === 'BlockStatement' && !isFunction(parentOf(site)) && fn !== null)
    out.push(...blockReturns(node, context))
  if (node.type === 'BlockStatement' && key === 'consequent' && parentOf(site)?.type === 'IfStatement') {
    const last = children(node, 'body').at(-1)
    if (last?.type === 'ExpressionStatement' || last === undefined) {
      const at = node.end - 1
      const loop = site.parents.findLast((parent) => isLoop(parent) || isFunction(parent))
      if (isLoop(loop))
        out.push(insertAt('statement', at, '\ncontinue\n', 0.25), insertAt('statement', at, '\nbreak\n', 0.3))
      out.push(insertAt('return', at, '\nreturn\n', 0.2))
      for (const { name } of bindingsAt(site)
        .filter((binding) => binding.kind === 'local')
        .slice(0, 3))
        out.push(insertAt('return', at, `\nreturn ${name}\n`, 0.12))
    }
  }
  if (node.type === 'ArrowFunctionExpression' && child(node, 'body')?.type === 'BlockStatement') {
    const body = child(node, 'body')
    const statements = children(body, 'body')
    const only = statements[0]
    // `=> { name: value }` is a block with a label: an object was meant.
    if (body !== null && only?.type === 'LabeledStatement')
      out.push(replaceNode('return', body, `(${textOf(body)})`, 0.9))
    if (body !== null && statements.length === 0) out.push(replaceNode('return', body, '({})', 0.5))
  }
  void file
  return out
}

/** `return name` at the end of an inner block, for what the block itself made. */
function blockReturns(block: Node, context: OperatorContext): Mutation[] {
  const statements = children(block, 'body')
  const last = statements.at(-1)
  if (last !== undefined && /^(?:Return|Throw|Break|Continue)Statement$/.test(last.type)) return []
  const own = statements.flatMap((statement) =>
    statement.type === 'VariableDeclaration'
      ? children(statement, 'declarations').flatMap((each) => boundNames(child(each, 'id')))
      : [],
  )
  return own.map((name) =>
    insertAt('return', block.end - 1, `\nreturn ${name}\n`, context.facts.unused.has(name) ? 0.7 : 0.35),
  )
}

/** `return name` at the end of a function that ends without one. */
function endReturns(block: Node, fn: Node | null, { file }: OperatorContext): Mutation[] {
  const last = children(block, 'body').at(-1)
  if (
    last === undefined ||
    fn === null ||
    fn['kind'] === 'constructor' ||
    /^(?:Return|Throw)Statement$/.test(last.type)
  )
    return []
  const returning = file.sites.some(
    (site) =>
      site.node.type === 'ReturnStatement' &&
      functionOf(site) === fn &&
      child(site.node, 'argument') !== null,
  )
  const locals = children(block, 'body').flatMap((statement) =>
    statement.type === 'VariableDeclaration'
      ? children(statement, 'declarations').flatMap((each) => boundNames(child(each, 'id')))
      : [],
  )
  const params = children(fn, 'params').flatMap(boundNames)
  const values = [
    ...locals.map((name) => [name, 0.55] as const),
    ...params.map((name) => [name, 0.2] as const),
    ['this', 0.2] as const,
  ]
  const plain = returning
    ? (['null', 'false', '0', "''", '[]', 'true', '-1'] as const).map((text) => [text, 0.2] as const)
    : []
  return [...values, ...plain].map(([text, prior]) =>
    insertAt('return', block.end - 1, `\n  return ${text}\n`, returning ? prior * 0.7 : prior),
  )
}

/** A statement too many, in the wrong place or in the wrong block. */
export const statementOrder: Operator = (site, context) => {
  const { node, key } = site
  const { file, textOf } = context
  if (key !== 'body' && key !== 'consequent') return []
  const list = siblings(site)
  const out: Mutation[] = []
  if (list.length === 0 || functionOf(site) === null) return out
  if (simple.test(node.type))
    out.push(
      replaceNode(
        'statement',
        node,
        '',
        node.type === 'ExpressionStatement' ? 0.25 : node.type === 'IfStatement' ? 0.2 : 0.15,
      ),
    )
  const next = nextSibling(site)
  if (next !== null && !(node.type === 'FunctionDeclaration' || next.type === 'FunctionDeclaration')) {
    const early = (each: Node): boolean => each.type === 'IfStatement' || each.type === 'ReturnStatement'
    out.push(swapNodes('statement', file, node, next, early(node) && early(next) ? 0.45 : 0.28))
  }
  const text = textOf(node)
  const cut = { start: node.start, end: node.end, text: '' }
  const block = parentOf(site)
  const owner = site.parents.at(-2)
  if (block?.type === 'BlockStatement' && isLoop(owner) && siblings(site).at(-1) === node)
    out.push({
      family: 'statement',
      prior: 0.35,
      splices: [cut, { start: owner.end, end: owner.end, text: `\n${text}` }],
    })
  if (block?.type === 'BlockStatement' && isLoop(owner) && list[0] === node)
    out.push({
      family: 'state',
      prior: 0.3,
      splices: [{ start: owner.start, end: owner.start, text: `${text}\n` }, cut],
    })
  if (block?.type === 'BlockStatement' && owner?.type === 'IfStatement' && list.at(-1) === node)
    out.push({
      family: 'statement',
      prior: 0.18,
      splices: [cut, { start: owner.end, end: owner.end, text: `\n${text}` }],
    })
  const inner = child(next, 'body') ?? child(next, 'consequent')
  if (isLoop(next) && inner?.type === 'BlockStatement') {
    out.push({
      family: 'state',
      prior: 0.3,
      splices: [cut, { start: inner.start + 1, end: inner.start + 1, text: `\n${text}\n` }],
    })
  }
  const before = list[list.indexOf(node) - 1]
  const body = child(before, 'body') ?? child(before, 'consequent')
  if (body?.type === 'BlockStatement' && simple.test(node.type))
    out.push({
      family: 'statement',
      prior: isLoop(before) ? 0.25 : 0.15,
      splices: [{ start: body.end - 1, end: body.end - 1, text: `\n${text}\n` }, cut],
    })
  return out
}

/** State that lives too long: shared defaults, caches without reset, counters kept between calls. */
export const staleState: Operator = (site, context) => {
  const { node } = site
  const { file, textOf } = context
  const fn = parentOf(site)
  if (node.type !== 'BlockStatement' || site.key !== 'body' || !isFunction(fn)) return []
  const out: Mutation[] = []
  const at = node.start + 1
  const used = namesUsed(node)
  for (const statement of children(file.program, 'body')) {
    if (statement.type !== 'VariableDeclaration' || statement.start > node.start) continue
    for (const each of children(statement, 'declarations')) {
      const [name, init] = [nameOf(child(each, 'id')), child(each, 'init')]
      if (name === '' || init === null || !used.has(name) || isFunction(init)) continue
      if (field(statement, 'kind') === 'let')
        out.push(insertAt('state', at, `\n  ${name} = ${textOf(init)}`, 0.35))
      if (/^(?:Array|Object|New)Expression$/.test(init.type) && textOf(init).length < 40) {
        out.push(insertAt('state', at, `\n  const ${name} = ${textOf(init)}`, 0.25))
        const method = init.type === 'ArrayExpression' ? `${name}.length = 0` : `${name}.clear()`
        out.push(insertAt('state', at, `\n  ${method}`, 0.25))
      }
      const global = init.type === 'RegExpLiteral' && /[gy]/.test(field(init, 'flags'))
      if (global) out.push(insertAt('state', at, `\n  ${name}.lastIndex = 0`, 0.6))
    }
  }
  const owner = site.parents.at(-2)
  if (owner?.type === 'ClassBody' && fn['kind'] !== 'constructor')
    for (const [name, init] of fieldsOf(owner, context))
      if (used.size >= 0 && init.length < 40)
        out.push(
          insertAt('state', at, `\n    this.${name} = ${init}`, 0.16),
          insertAt('state', node.end - 1, `\n    this.${name} = ${init}\n`, 0.16),
        )
  if (fn['kind'] === 'constructor') {
    const text = textOf(node)
    for (const param of children(fn, 'params').flatMap(boundNames))
      if (!text.includes(`this.${param} =`))
        out.push(
          insertAt(
            'state',
            node.end - 1,
            `\n    this.${param} = ${param}\n`,
            context.facts.unused.has(param) ? 0.8 : 0.2,
          ),
        )
  }
  return out
}

/** Fields of a class with the text of their first value. */
function fieldsOf(classBody: Node, { textOf, file }: OperatorContext): [string, string][] {
  const out = new Map<string, string>()
  for (const member of children(classBody, 'body')) {
    const value = member.type.endsWith('Property') ? child(member, 'value') : null
    if (value !== null) out.set(nameOf(child(member, 'key')), textOf(value))
    if (field(member, 'kind') !== 'constructor') continue
    for (const { node } of file.sites) {
      const left =
        node.type === 'AssignmentExpression' && node.start > member.start && node.end < member.end
          ? child(node, 'left')
          : null
      const right = child(node, 'right')
      if (
        isMember(left) &&
        child(left, 'object')?.type === 'ThisExpression' &&
        right !== null &&
        right.type !== 'Identifier'
      )
        out.set(nameOf(child(left, 'property')), textOf(right))
    }
  }
  return [...out].filter(([name, text]) => name !== '' && !text.includes('=>')).slice(0, 6)
}

/** Statements of similar places of the file, inserted where they are missing. */
export const donors: Operator = (site, context) => {
  const { node, key } = site
  const { file, textOf } = context
  if (
    key !== 'body' ||
    siblings(site).length === 0 ||
    functionOf(site) === null ||
    !/Statement$|Declaration$/.test(node.type)
  )
    return []
  const scope = new Set(bindingsAt(site).map((binding) => binding.name))
  const own = new Set(siblings(site).map(textOf))
  const texts = new Map<string, number>()
  for (const donor of file.sites) {
    if (texts.size >= 12) break
    if (
      functionOf(donor) === null ||
      !/^(?:body|consequent)$/.test(donor.key) ||
      parentOf(donor)?.type === 'ClassBody'
    )
      continue
    const isSimple =
      donor.node.type === 'ExpressionStatement' ||
      (donor.node.type === 'IfStatement' && donor.node.end - donor.node.start < 120)
    const text = textOf(donor.node)
    if (!isSimple || own.has(text) || text.length > 160) continue
    const names = [...namesUsed(donor.node)]
    if (names.every((name) => scope.has(name) || name in globalThis))
      texts.set(text, functionOf(donor) === functionOf(site) ? 0.1 : 0.13)
  }
  const last = siblings(site).at(-1) === node && node.type !== 'ReturnStatement'
  return [...texts].flatMap(([text, prior]) => {
    const isCallStatement = /^[\w.#]+\(.*\)$/.test(text.replace(/;$/, ''))
    const weight = isCallStatement ? prior * 1.3 : prior
    const before = insertAt('statement', node.start, `${text}\n`, weight)
    return last ? [before, insertAt('statement', node.end, `\n${text}`, weight)] : [before]
  })
}

/** Whether a call statement's result is thrown away although the method changes nothing: an assignment was meant. */
export const lostResults: Operator = ({ node }, { textOf }) => {
  const expression = node.type === 'ExpressionStatement' ? child(node, 'expression') : null
  if (!isCall(expression)) return []
  const callee = child(expression, 'callee')
  const object = isMember(callee) ? child(callee, 'object') : null
  const method = isMember(callee) ? nameOf(child(callee, 'property')) : ''
  if (
    object === null ||
    !/^(?:concat|slice|map|filter|replace|replaceAll|trim|toUpperCase|toLowerCase|padStart|padEnd|flat|toSorted|toReversed|substring|with|add|minus|plus)$/.test(
      method,
    )
  )
    return []
  return [insertAt('statement', node.start, `${textOf(object)} = `, 0.7)]
}
