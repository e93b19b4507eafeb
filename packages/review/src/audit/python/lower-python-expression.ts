import type { Arg, Entry, Expr, Param, Pattern } from '../ir/ir.ts'
import { pythonString } from './python-string.ts'
import { field, type PyNode } from './python-tree.ts'

/** What expressions contain that is not one. */
export interface PythonStructures {
  lowerParams(node: PyNode | null): Param[]
  lowerPattern(node: PyNode): Pattern
}

/** Gives the lowering of Python's expressions. */
export function pythonExpressions({ lowerParams, lowerPattern }: PythonStructures): {
  expr(node: PyNode): Expr
  optional(node: PyNode | undefined): Expr | null
} {
  const nothing = (at: number): Expr => ({ kind: 'literal', value: null, at })
  const optional = (node: PyNode | undefined): Expr | null => (node === undefined ? null : expr(node))
  const inner = (node: PyNode, name: string): Expr => {
    const found = field(node, name)
    return found === null ? nothing(node.start) : expr(found)
  }
  const first = (node: PyNode): Expr => optional(node.children[0]) ?? nothing(node.start)

  const args = (node: PyNode | null): Arg[] => {
    if (node === null) return []
    if (node.type === 'generator_expression') return [{ value: expr(node) }]
    return node.children.map((one) =>
      one.type === 'keyword_argument'
        ? { value: inner(one, 'value'), name: field(one, 'name')?.text ?? '' }
        : { value: expr(one), ...(one.type === 'dictionary_splat' ? { name: '**' } : {}) },
    )
  }

  const flattenPlus = (node: PyNode, parts: Expr[]): void => {
    const left = field(node, 'left')
    if (left?.type === 'binary_operator' && left.tokens.includes('+')) flattenPlus(left, parts)
    else parts.push(inner(node, 'left'))
    parts.push(inner(node, 'right'))
  }

  const binary = (node: PyNode): Expr => {
    const [op = ''] = node.tokens
    const at = node.start
    if (op === '+') {
      const parts: Expr[] = []
      flattenPlus(node, parts)
      return { kind: 'concat', parts, at }
    }
    const left = field(node, 'left')
    if (op === '%' && (left === null || !/^(integer|float)$/.test(left.type)))
      return formatted(inner(node, 'left'), inner(node, 'right'), at)
    return { kind: 'arithmetic', op, left: inner(node, 'left'), right: inner(node, 'right'), at }
  }

  /** `text % values`: the pieces of the text with the values between them; numbers cannot carry an attack. */
  const formatted = (template: Expr, values: Expr, at: number): Expr => {
    if (template.kind !== 'literal' || typeof template.value !== 'string')
      return { kind: 'concat', parts: [template, values], at }
    const pieces = template.value.split(/%(?:\([^)]*\))?[-+ #0-9.*]*([sdirfxXouceEgGa%])/u)
    const list =
      values.kind === 'array'
        ? values.items
        : values.kind === 'object'
          ? values.entries.map((one) => one.value)
          : [values]
    const parts: Expr[] = []
    let next = 0
    for (let index = 0; index < pieces.length; index++) {
      const piece = pieces[index] ?? ''
      if (index % 2 === 0) parts.push({ kind: 'literal', value: piece, at })
      else if (piece === '%') parts.push({ kind: 'literal', value: '%', at })
      else {
        const value = list[next++] ?? values
        const numeric = /[difxXoueEgG]/.test(piece)
        parts.push(numeric ? { kind: 'arithmetic', op: '%d', left: value, right: nothing(at), at } : value)
      }
    }
    return { kind: 'concat', parts, at }
  }

  const comparison = (node: PyNode): Expr => {
    const [left, right] = [first(node), optional(node.children[1]) ?? nothing(node.start)]
    const op = node.tokens.join(' ')
    const at = node.start
    if (op === 'in' || op === 'not in') return { kind: 'compare', op, left, right, at }
    if (op === '==' || op === 'is') return { kind: 'compare', op: '==', left, right, at }
    if (op === '!=' || op === 'is not') return { kind: 'compare', op: '!=', left, right, at }
    return { kind: 'compare', op: 'other', left, right, at }
  }

  const comprehension = (node: PyNode): Expr => {
    const body = field(node, 'body')
    const item: Expr =
      body === null
        ? nothing(node.start)
        : body.type === 'pair'
          ? { kind: 'sequence', items: [inner(body, 'key'), inner(body, 'value')], at: body.start }
          : expr(body)
    return {
      kind: 'comprehension',
      loops: node.children
        .filter((one) => one.type === 'for_in_clause')
        .map((one) => {
          const left = field(one, 'left')
          return {
            target: left === null ? { kind: 'name', name: '_', at: one.start } : lowerPattern(left),
            over: inner(one, 'right'),
          }
        }),
      tests: node.children.filter((one) => one.type === 'if_clause').map(first),
      item,
      at: node.start,
    }
  }

  const lowerings: Record<string, (node: PyNode) => Expr> = {
    identifier: (node) => ({ kind: 'name', name: node.text, at: node.start }),
    true: (node) => ({ kind: 'literal', value: true, at: node.start }),
    false: (node) => ({ kind: 'literal', value: false, at: node.start }),
    integer: (node) => ({ kind: 'literal', value: Number(node.text.replaceAll('_', '')), at: node.start }),
    float: (node) => ({ kind: 'literal', value: Number(node.text), at: node.start }),
    string: (node) => {
      const parts = node.children.flatMap((one): Expr[] => {
        if (one.type === 'string_content')
          return [{ kind: 'literal', value: pythonString(node, one), at: one.start }]
        return one.type === 'interpolation' ? [inner(one, 'expression')] : []
      })
      const [only] = parts
      if (only === undefined) return { kind: 'literal', value: '', at: node.start }
      return parts.length === 1 && only.kind === 'literal'
        ? { ...only, at: node.start }
        : { kind: 'concat', parts, at: node.start }
    },
    concatenated_string: (node) => {
      const parts = node.children.map(expr)
      const texts = parts.map((part) => (part.kind === 'literal' ? part.value : null))
      return texts.every((one) => typeof one === 'string')
        ? { kind: 'literal', value: texts.join(''), at: node.start }
        : {
            kind: 'concat',
            parts: parts.flatMap((part) => (part.kind === 'concat' ? part.parts : [part])),
            at: node.start,
          }
    },
    attribute: (node) => ({
      kind: 'member',
      object: inner(node, 'object'),
      name: field(node, 'attribute')?.text ?? '',
      at: field(node, 'attribute')?.start ?? node.start,
    }),
    subscript: (node) => {
      const key = inner(node, 'subscript')
      const object = inner(node, 'value')
      if (key.kind === 'literal' && typeof key.value === 'string')
        return { kind: 'member', object, name: key.value, at: key.at }
      return { kind: 'index', object, index: key, at: node.start }
    },
    slice: (node) => nothing(node.start),
    call: (node) => ({
      kind: 'call',
      callee: inner(node, 'function'),
      args: args(field(node, 'arguments')),
      isNew: false,
      at: node.start,
      end: node.end,
    }),
    binary_operator: binary,
    boolean_operator: (node) => ({
      kind: 'logic',
      op: node.tokens.includes('and') ? 'and' : 'or',
      left: inner(node, 'left'),
      right: inner(node, 'right'),
      at: node.start,
    }),
    not_operator: (node) => ({ kind: 'not', value: inner(node, 'argument'), at: node.start }),
    unary_operator: (node) => ({
      kind: 'arithmetic',
      op: 'unary',
      left: inner(node, 'argument'),
      right: nothing(node.start),
      at: node.start,
    }),
    comparison_operator: comparison,
    conditional_expression: (node) => ({
      kind: 'choice',
      consequent: first(node),
      test: optional(node.children[1]) ?? nothing(node.start),
      otherwise: optional(node.children[2]) ?? nothing(node.start),
      at: node.start,
    }),
    await: (node) => ({ kind: 'await', value: first(node), at: node.start }),
    yield: (node) => ({
      kind: 'await',
      value: first(node),
      yields: node.tokens.includes('from') ? 'all' : 'one',
      at: node.start,
    }),
    named_expression: (node) => ({
      kind: 'assign',
      target: { kind: 'name', name: field(node, 'name')?.text ?? '_', at: node.start },
      value: inner(node, 'value'),
      at: node.start,
    }),
    assignment: (node) => {
      const left = field(node, 'left')
      return left === null
        ? nothing(node.start)
        : { kind: 'assign', target: lowerPattern(left), value: inner(node, 'right'), at: node.start }
    },
    augmented_assignment: (node) => {
      const left = field(node, 'left')
      if (left === null) return nothing(node.start)
      const parts = [expr(left), inner(node, 'right')]
      const plus = node.tokens.includes('+=')
      const value: Expr = plus
        ? { kind: 'concat', parts, at: node.start }
        : {
            kind: 'arithmetic',
            op: '?',
            left: parts[0] ?? nothing(node.start),
            right: parts[1] ?? nothing(node.start),
            at: node.start,
          }
      return { kind: 'assign', target: lowerPattern(left), value, at: node.start }
    },
    lambda: (node) => {
      const body = field(node, 'body')
      return {
        kind: 'function',
        fn: {
          name: '',
          params: lowerParams(field(node, 'parameters')),
          body: body === null ? [] : [{ kind: 'return', value: expr(body), at: body.start }],
          decorators: [],
          isAsync: false,
          arrow: true,
          isStatic: false,
          at: node.start,
          end: node.end,
        },
        at: node.start,
      }
    },
    dictionary: (node) => ({
      kind: 'object',
      entries: node.children.map((one): Entry => {
        if (one.type !== 'pair') return { key: null, value: first(one), spread: true, at: one.start }
        const key = inner(one, 'key')
        return key.kind === 'literal' && typeof key.value === 'string'
          ? { key: key.value, value: inner(one, 'value'), at: one.start }
          : { key: null, keyExpr: key, value: inner(one, 'value'), at: one.start }
      }),
      at: node.start,
    }),
    list: (node) => ({ kind: 'array', items: node.children.map(expr), at: node.start }),
    parenthesized_expression: first,
    list_splat: (node) => ({ kind: 'spread', value: first(node), at: node.start }),
    dictionary_splat: (node) => ({ kind: 'spread', value: first(node), at: node.start }),
    list_splat_pattern: (node) => ({ kind: 'spread', value: first(node), at: node.start }),
    as_pattern: first,
    type: first,
  }
  for (const same of ['tuple', 'set', 'expression_list', 'pattern_list'])
    lowerings[same] = (node) => ({ kind: 'array', items: node.children.map(expr), at: node.start })
  for (const same of [
    'list_comprehension',
    'set_comprehension',
    'dictionary_comprehension',
    'generator_expression',
  ])
    lowerings[same] = comprehension

  function expr(node: PyNode): Expr {
    return lowerings[node.type]?.(node) ?? nothing(node.start)
  }
  return { expr, optional }
}
