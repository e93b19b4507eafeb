import type { Arg, Cls, Entry, Expr, Fn, Pattern } from '../ir/ir.ts'
import { child, children, isTree, keyName, text, type Tree } from './tree.ts'

/** The value of what is not there. */
export const nothing = (at: number): Expr => ({ kind: 'literal', value: null, at })

/** What expressions contain that is not one. */
export interface Structures {
  lowerFunction(node: Tree, name?: string): Fn
  lowerClass(node: Tree): Cls
  lowerPattern(node: Tree): Pattern
}

/** Gives the lowering of expressions; what has no value of interest becomes nothing. */
export function expressionLowering({
  lowerClass,
  lowerFunction,
  lowerPattern,
}: Structures): (node: Tree) => Expr {
  const inner = (node: Tree, field: string): Expr => {
    const found = child(node, field)
    return found === null ? nothing(node.start) : lowerExpr(found)
  }

  const transparent = new Set([
    'ParenthesizedExpression',
    'TSAsExpression',
    'TSSatisfiesExpression',
    'TSNonNullExpression',
    'TSTypeAssertion',
    'TSInstantiationExpression',
    'TypeCastExpression',
  ])

  function args(node: Tree): Arg[] {
    return children(node, 'arguments').map((one) => ({ value: lowerExpr(one) }))
  }

  function member(node: Tree): Expr {
    const object = inner(node, 'object')
    const property = child(node, 'property')
    const name = keyName(property, node['computed'] === true)
    const at = property?.start ?? node.start
    return name === null
      ? { kind: 'index', object, index: inner(node, 'property'), at }
      : { kind: 'member', object, name, at }
  }

  function call(node: Tree, isNew: boolean): Expr {
    const callee = child(node, 'callee')
    if (callee?.type === 'Import')
      return { kind: 'import', module: args(node)[0]?.value ?? nothing(node.start), at: node.start }
    return {
      kind: 'call',
      callee: inner(node, 'callee'),
      args: args(node),
      isNew,
      at: node.start,
      end: node.end,
    }
  }

  function flattenConcat(node: Tree, parts: Expr[]): void {
    const left = child(node, 'left')
    if (left?.type === 'BinaryExpression' && left['operator'] === '+') flattenConcat(left, parts)
    else parts.push(inner(node, 'left'))
    parts.push(inner(node, 'right'))
  }

  function binary(node: Tree): Expr {
    const op = text(node, 'operator')
    const at = node.start
    if (op === '+') {
      const parts: Expr[] = []
      flattenConcat(node, parts)
      return { kind: 'concat', parts, at }
    }
    const left = inner(node, 'left')
    const right = inner(node, 'right')
    if (op === '==' || op === '===') return { kind: 'compare', op: '==', left, right, at }
    if (op === '!=' || op === '!==') return { kind: 'compare', op: '!=', left, right, at }
    if (op === 'in') return { kind: 'compare', op: 'in', left, right, at }
    if (['<', '>', '<=', '>=', 'instanceof'].includes(op))
      return { kind: 'compare', op: 'other', left, right, at }
    return { kind: 'arithmetic', op, left, right, at }
  }

  function assignment(node: Tree): Expr {
    const left = child(node, 'left')
    const op = text(node, 'operator')
    const value = inner(node, 'right')
    const at = node.start
    if (left === null) return value
    const target: Pattern = lowerPattern(left)
    if (op === '=') {
      if (value.kind === 'function' && value.fn.name === '')
        value.fn.name =
          target.kind === 'name'
            ? target.name
            : target.kind === 'place' && target.place.kind === 'member'
              ? target.place.name
              : ''
      return { kind: 'assign', target, value, at }
    }
    const old = lowerExpr(left)
    if (op === '+=') return { kind: 'assign', target, value: { kind: 'concat', parts: [old, value], at }, at }
    if (op === '||=' || op === '??=' || op === '&&=')
      return { kind: 'assign', target, value: { kind: 'logic', op: 'or', left: old, right: value, at }, at }
    return { kind: 'assign', target, value: { kind: 'arithmetic', op, left: old, right: value, at }, at }
  }

  function entries(node: Tree): Entry[] {
    return children(node, 'properties').map((one): Entry => {
      if (one.type === 'SpreadElement')
        return { key: null, value: inner(one, 'argument'), spread: true, at: one.start }
      const computed = one['computed'] === true
      const key = keyName(child(one, 'key'), computed)
      const value: Expr =
        one.type === 'ObjectMethod'
          ? { kind: 'function', fn: lowerFunction(one, key ?? ''), at: one.start }
          : inner(one, 'value')
      return { key, value, ...(key === null ? { keyExpr: inner(one, 'key') } : {}), at: one.start }
    })
  }

  function template(node: Tree): Expr[] {
    const parts: Expr[] = []
    const values = children(node, 'expressions')
    for (const [index, quasi] of children(node, 'quasis').entries()) {
      const raw = quasi['value']
      const cooked =
        typeof raw === 'object' && raw !== null && 'cooked' in raw && typeof raw.cooked === 'string'
          ? raw.cooked
          : ''
      parts.push({ kind: 'literal', value: cooked, at: quasi.start })
      const value = values[index]
      if (value !== undefined) parts.push(lowerExpr(value))
    }
    return parts
  }

  function markup(node: Tree): Expr {
    const opening = child(node, 'openingElement')
    const name = opening === null ? null : child(opening, 'name')
    const list = opening === null ? [] : children(opening, 'attributes')
    return {
      kind: 'markup',
      tag: name === null ? '' : (keyName(name, false) ?? ''),
      entries: list.map((one) =>
        one.type === 'JSXSpreadAttribute'
          ? { key: null, value: inner(one, 'argument'), spread: true, at: one.start }
          : { key: keyName(child(one, 'name'), false) ?? '', value: inner(one, 'value'), at: one.start },
      ),
      children: children(node, 'children').map(lowerExpr),
      at: node.start,
    }
  }

  const lowerings: Record<string, (node: Tree) => Expr> = {
    StringLiteral: (node) => ({ kind: 'literal', value: text(node, 'value'), at: node.start }),
    JSXText: (node) => ({ kind: 'literal', value: text(node, 'value'), at: node.start }),
    NumericLiteral: (node) => ({ kind: 'literal', value: Number(node['value']), at: node.start }),
    BooleanLiteral: (node) => ({ kind: 'literal', value: node['value'] === true, at: node.start }),
    RegExpLiteral: (node) => ({
      kind: 'regex',
      source: text(node, 'pattern'),
      flags: text(node, 'flags'),
      at: node.start,
    }),
    Identifier: (node) => ({ kind: 'name', name: text(node, 'name'), at: node.start }),
    ThisExpression: (node) => ({ kind: 'name', name: 'this', at: node.start }),
    Super: (node) => ({ kind: 'name', name: 'super', at: node.start }),
    MemberExpression: member,
    OptionalMemberExpression: member,
    CallExpression: (node) => call(node, false),
    OptionalCallExpression: (node) => call(node, false),
    NewExpression: (node) => call(node, true),
    ImportExpression: (node) => ({ kind: 'import', module: inner(node, 'source'), at: node.start }),
    BinaryExpression: binary,
    LogicalExpression: (node) => ({
      kind: 'logic',
      op: text(node, 'operator') === '&&' ? 'and' : 'or',
      left: inner(node, 'left'),
      right: inner(node, 'right'),
      at: node.start,
    }),
    UnaryExpression: (node) => {
      const op = text(node, 'operator')
      const value = inner(node, 'argument')
      if (op === '!') return { kind: 'not', value, at: node.start }
      const callee: Expr = { kind: 'name', name: op === 'typeof' ? 'typeof' : 'Number', at: node.start }
      return op === 'void' || op === 'delete'
        ? { kind: 'arithmetic', op, left: value, right: nothing(node.start), at: node.start }
        : { kind: 'call', callee, args: [{ value }], isNew: false, at: node.start, end: node.end }
    },
    UpdateExpression: (node) => ({
      kind: 'arithmetic',
      op: '++',
      left: inner(node, 'argument'),
      right: nothing(node.start),
      at: node.start,
    }),
    ConditionalExpression: (node) => ({
      kind: 'choice',
      test: inner(node, 'test'),
      consequent: inner(node, 'consequent'),
      otherwise: inner(node, 'alternate'),
      at: node.start,
    }),
    AssignmentExpression: assignment,
    AwaitExpression: (node) => ({ kind: 'await', value: inner(node, 'argument'), at: node.start }),
    YieldExpression: (node) => ({
      kind: 'await',
      value: inner(node, 'argument'),
      yields: node['delegate'] === true ? 'all' : 'one',
      at: node.start,
    }),
    SequenceExpression: (node) => ({
      kind: 'sequence',
      items: children(node, 'expressions').map(lowerExpr),
      at: node.start,
    }),
    TemplateLiteral: (node) => ({ kind: 'concat', parts: template(node), at: node.start }),
    TaggedTemplateExpression: (node) => {
      const quasi = child(node, 'quasi')
      const parts = quasi === null ? [] : template(quasi)
      const callee: Expr = {
        kind: 'call',
        callee: { kind: 'name', name: 'tag`', at: node.start },
        args: [],
        isNew: false,
        at: node.start,
        end: node.end,
      }
      return {
        ...callee,
        callee: inner(node, 'tag'),
        // A tag gets the texts as one list and the values one by one, so they are never joined before it runs.
        args: [
          { value: { kind: 'array', items: parts.filter((_, index) => index % 2 === 0), at: node.start } },
          ...parts.filter((_, index) => index % 2 === 1).map((value) => ({ value })),
        ],
      }
    },
    ObjectExpression: (node) => ({ kind: 'object', entries: entries(node), at: node.start }),
    ArrayExpression: (node) => ({
      kind: 'array',
      items: (Array.isArray(node['elements']) ? node['elements'] : [])
        .filter(isTree)
        .map((one) => lowerExpr(one)),
      at: node.start,
    }),
    SpreadElement: (node) => ({ kind: 'spread', value: inner(node, 'argument'), at: node.start }),
    FunctionExpression: (node) => ({ kind: 'function', fn: lowerFunction(node), at: node.start }),
    ArrowFunctionExpression: (node) => ({ kind: 'function', fn: lowerFunction(node), at: node.start }),
    ClassExpression: (node) => ({ kind: 'class', cls: lowerClass(node), at: node.start }),
    JSXElement: markup,
    JSXFragment: (node) => ({
      kind: 'markup',
      tag: '',
      entries: [],
      children: children(node, 'children').map(lowerExpr),
      at: node.start,
    }),
    JSXExpressionContainer: (node) => inner(node, 'expression'),
    JSXSpreadChild: (node) => inner(node, 'expression'),
  }

  function lowerExpr(node: Tree): Expr {
    if (transparent.has(node.type)) return inner(node, 'expression')
    return lowerings[node.type]?.(node) ?? nothing(node.start)
  }

  return lowerExpr
}
