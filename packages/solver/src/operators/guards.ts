import { child, children, isCall, isFunction, isMember, methodOf, nameOf, type Node } from '../syntax/node.ts'
import { boundNames } from '../syntax/scope.ts'
import { functionOf, parentOf, type Site } from '../syntax/source-file.ts'
import { insertAt, replaceNode, type Mutation, type Operator, type OperatorContext } from './mutation.ts'

/** Values that a guard may give back or a default may be, the ones that tests expect first. */
function defaults({ hints, facts }: OperatorContext): string[] {
  const base = ['0', "''", '[]', 'null', 'false', '{}', 'undefined', '1', 'true']
  const expected = hints.expected.filter((text) =>
    /^(?:-?\d[\d.]*|'[^'\n]{0,60}'|null|undefined|true|false|NaN|\[\]|\{\})$/.test(text),
  )
  const strings =
    facts.strings.size === 0
      ? []
      : hints.strings
          .filter((each) => facts.strings.has(each))
          .slice(0, 2)
          .map((each) => `'${each.replaceAll("'", "\\'")}'`)
  return [...new Set([...expected, ...base, ...strings])].slice(0, 11)
}

function hintedFirst(values: readonly string[], { hints }: OperatorContext): [string, number][] {
  return values.map((text) => [text, hints.expected.includes(text) ? 1 : 0.55])
}

/** `?.`, `??` and `||` where something may be absent. */
export const absence: Operator = (site, context) => {
  const { node, key } = site
  const { textOf } = context
  const parent = parentOf(site)
  const out: Mutation[] = []
  const written =
    (parent?.type === 'AssignmentExpression' && key === 'left') || parent?.type === 'UpdateExpression'
  if (isMember(node) && node['optional'] !== true && !written) {
    const [object, property] = [child(node, 'object'), child(node, 'property')]
    if (object !== null && property !== null && !/^(?:ThisExpression|Super)$/.test(object.type)) {
      const rest = node['computed'] === true ? `?.[${textOf(property)}]` : `?.${nameOf(property)}`
      out.push(replaceNode('guard', node, textOf(object) + rest, 0.28))
      // The object with an empty stand-in, for what is called or spread right after.
      if (isCall(parent) && key === 'callee')
        for (const empty of ['[]', "''"])
          out.push(replaceNode('guard', object, `(${textOf(object)} ?? ${empty})`, 0.14))
    }
  }
  const lookup =
    (isMember(node) && (node['computed'] === true || isMember(node))) ||
    (isCall(node) && /^(?:get|find|match|exec|pop|shift|at)$/.test(methodOf(node))) ||
    (node.type === 'Identifier' &&
      /^(?:argument|init|right|arguments|value|left|object)$/.test(key) &&
      functionOf(site) !== null)
  if (!lookup || written || key === 'callee' || key === 'id' || (isMember(parent) && key === 'property'))
    return out
  if (parent?.type === 'AssignmentExpression' && key === 'left') return out
  const weight =
    isMember(node) && node['computed'] === true ? 0.3 : isCall(node) ? 0.25 : isMember(node) ? 0.14 : 0.08
  const bare = /^(?:ReturnStatement|VariableDeclarator|ArrowFunctionExpression)$/.test(parent?.type ?? '')
  const usedAs = bare || key === 'arguments' || (key === 'right' && parent?.type === 'AssignmentExpression')
  for (const [value, factor] of hintedFirst(defaults(context).slice(0, 7), context)) {
    if (value === 'undefined') continue
    const text = `${textOf(node)} ?? ${value}`
    out.push(replaceNode('guard', node, usedAs ? text : `(${text})`, weight * factor))
  }
  return out
}

/** Default values of parameters. */
export const parameterDefaults: Operator = (site, context) => {
  const { node, key } = site
  const fn = parentOf(site)
  if (key !== 'params' || !isFunction(fn)) return []
  if (node.type === 'Identifier')
    return hintedFirst(
      defaults(context)
        .filter((text) => text !== 'undefined')
        .slice(0, 7),
      context,
    ).map(([value, factor]) => insertAt('guard', node.end, ` = ${value}`, 0.13 * factor))
  if (node.type === 'ObjectPattern') return [insertAt('guard', node.end, ' = {}', 0.35)]
  return []
}

/** How a parameter is used tells what may be wrong with it. */
function usesOf(
  fn: Node,
  name: string,
  { file }: OperatorContext,
): { list: boolean; divisor: boolean; object: boolean } {
  const uses = { list: false, divisor: false, object: false }
  for (const { node } of file.sites) {
    if (node.start < fn.start || node.end > fn.end) continue
    if (isMember(node) && nameOf(child(node, 'object')) === name) {
      uses.object = true
      if (
        /^(?:length|map|filter|reduce|forEach|slice|sort|join|split|some|every|find|at)$/.test(
          nameOf(child(node, 'property')),
        ) ||
        node['computed'] === true
      )
        uses.list = true
    }
    if (node.type === 'ForOfStatement' && nameOf(child(node, 'right')) === name) uses.list = true
    if (node.type === 'BinaryExpression' && /^[/%]$/.test(String(node['operator']))) {
      const right = child(node, 'right')
      const text = right === null ? '' : file.text.slice(right.start, right.end)
      if (text === name) uses.divisor = true
      if (text === `${name}.length`) uses.list = true
    }
  }
  return uses
}

/** An early return at the start of a function, for input that is absent, empty, zero or not a number. */
export const earlyReturns: Operator = (site, context) => {
  const { node } = site
  const fn = parentOf(site)
  if (node.type !== 'BlockStatement' || site.key !== 'body' || !isFunction(fn)) return []
  const names = children(fn, 'params').flatMap((param) =>
    param.type === 'Identifier' || param.type === 'AssignmentPattern' ? boundNames(param) : [],
  )
  const at = node.start + 1
  const values = defaults(context)
  const out: Mutation[] = []
  const add = (test: string, prior: number): void => {
    for (const [value, factor] of hintedFirst([...values, ...names.slice(0, 2)], context))
      out.push(insertAt('guard', at, `\n  if (${test}) return ${value}`, prior * factor))
  }
  for (const name of names.slice(0, 3)) {
    const uses = usesOf(fn, name, context)
    if (uses.list) add(`${name}.length === 0`, 0.2)
    if (uses.object) add(`${name} == null`, 0.17)
    if (uses.divisor) add(`${name} === 0`, 0.25)
    add(`!${name}`, 0.1)
    if (context.hints.kinds.has('throws')) out.push(...throwing(site, name, context))
  }
  return out
}

/** A throw that tests ask for, in the words of other throws of the file. */
function throwing(site: Site, name: string, { file, hints }: OperatorContext): Mutation[] {
  const { node } = site
  const thrown = file.sites
    .filter((each) => each.node.type === 'ThrowStatement')
    .map((each) => file.text.slice(each.node.start, each.node.end))
  const kind = /TypeError/.test(hints.text)
    ? 'TypeError'
    : /RangeError/.test(hints.text)
      ? 'RangeError'
      : 'Error'
  const word = hints.patterns[0] ?? 'invalid'
  const texts = [...new Set([...thrown.slice(0, 2), `throw new ${kind}('${word.replaceAll("'", '')}')`])]
  const tests = [
    `${name} == null`,
    `!${name}`,
    `${name} < 0`,
    `${name} <= 0`,
    `typeof ${name} !== 'number'`,
    `typeof ${name} !== 'string'`,
    `!Number.isFinite(${name})`,
    `!Array.isArray(${name})`,
    `${name}.length === 0`,
  ]
  return texts.flatMap((text) =>
    tests.map((test) => insertAt('throw', node.start + 1, `\n  if (${test}) ${text}`, 0.18)),
  )
}

/** A guard before a statement in which something absent was read. */
export const statementGuards: Operator = (site, context) => {
  const { node } = site
  if (!context.hints.throwLines.has(`${context.file.path}:${site.line}`)) return []
  if (
    !/^(?:Expression|Return)Statement$|^VariableDeclaration$/.test(node.type) ||
    !/^(?:body|consequent)$/.test(site.key)
  )
    return []
  const fn = functionOf(site)
  const inner = context.file.sites.filter(
    (each) => each.node.start >= node.start && each.node.end <= node.end && isMember(each.node),
  )
  const objects = [
    ...new Set(
      inner.flatMap((each) => {
        const object = child(each.node, 'object')
        return object === null || object.type === 'ThisExpression' ? [] : [context.textOf(object)]
      }),
    ),
  ].filter((text) => text.length < 60)
  const loop = site.parents.findLast(
    (parent) => /^(?:For|While|DoWhile)/.test(parent.type) || isFunction(parent),
  )
  const leave = loop !== undefined && !isFunction(loop) ? ['continue', 'break'] : []
  return objects
    .slice(0, 4)
    .flatMap((object) => [
      ...leave.map((text) => insertAt('guard', node.start, `if (${object} == null) ${text}\n`, 0.3)),
      ...(fn === null
        ? []
        : hintedFirst(defaults(context), context).map(([value, factor]) =>
            insertAt('guard', node.start, `if (${object} == null) return ${value}\n`, 0.28 * factor),
          )),
      ...(node.type === 'ExpressionStatement'
        ? [insertAt('guard', node.start, `if (${object} != null) `, 0.3)]
        : []),
    ])
}
