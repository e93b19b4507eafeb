import type { Cls, Fn, Param, Pattern, Stmt } from '../ir/ir.ts'
import { pythonExpressions } from './lower-python-expression.ts'
import { field, type PyNode } from './python-tree.ts'

const { expr, optional } = pythonExpressions({ lowerParams, lowerPattern })

/** Lowers the statements of a module or block. */
export function lowerBlock(node: PyNode | null): Stmt[] {
  return node === null ? [] : node.children.flatMap(statement)
}

const lowerings: Record<string, (node: PyNode) => Stmt[]> = {
  expression_statement: (node) =>
    node.children.map((one): Stmt => {
      if (one.type !== 'assignment') return { kind: 'expr', value: expr(one), at: one.start }
      const left = field(one, 'left')
      const right = field(one, 'right')
      const type = field(one, 'type')
      const target: Pattern = left === null ? { kind: 'name', name: '_', at: one.start } : lowerPattern(left)
      if (type !== null && target.kind === 'name') target.type = typeName(type)
      // `a = b = c` nests to the right; an assignment is an expression here.
      return { kind: 'bind', target, value: right === null ? null : expr(right), at: one.start }
    }),
  return_statement: (node) => [{ kind: 'return', value: optional(node.children[0]), at: node.start }],
  raise_statement: (node) => [{ kind: 'throw', value: optional(node.children[0]), at: node.start }],
  break_statement: (node) => [{ kind: 'jump', at: node.start }],
  continue_statement: (node) => [{ kind: 'jump', at: node.start }],
  assert_statement: (node) => {
    const [test] = node.children
    // What an assertion demands holds after it.
    return test === undefined
      ? []
      : [
          {
            kind: 'if',
            test: expr(test),
            consequent: [],
            otherwise: [{ kind: 'throw', value: null, at: node.start }],
            at: node.start,
          },
        ]
  },
  if_statement: (node) => {
    const alternatives = node.fields.get('alternative') ?? []
    let otherwise: Stmt[] = []
    for (const one of alternatives.toReversed())
      otherwise =
        one.type === 'elif_clause'
          ? [
              {
                kind: 'if',
                test: optionalTest(one),
                consequent: lowerBlock(field(one, 'consequence')),
                otherwise,
                at: one.start,
              },
            ]
          : lowerBlock(field(one, 'body'))
    return [
      {
        kind: 'if',
        test: optionalTest(node),
        consequent: lowerBlock(field(node, 'consequence')),
        otherwise,
        at: node.start,
      },
    ]
  },
  for_statement: (node) => {
    const left = field(node, 'left')
    return [
      {
        kind: 'loop',
        target: left === null ? null : lowerPattern(left),
        over: optional(field(node, 'right') ?? undefined),
        test: null,
        keys: false,
        body: lowerBlock(field(node, 'body')),
        at: node.start,
      },
    ]
  },
  while_statement: (node) => [
    {
      kind: 'loop',
      target: null,
      over: null,
      test: optionalTest(node),
      keys: false,
      body: lowerBlock(field(node, 'body')),
      at: node.start,
    },
  ],
  with_statement: (node) => [
    ...node.children
      .filter((one) => one.type === 'with_clause')
      .flatMap((clause) => clause.children)
      .map((item): Stmt => {
        const value = field(item, 'value') ?? item
        if (value.type !== 'as_pattern') return { kind: 'expr', value: expr(value), at: value.start }
        const alias = field(value, 'alias')?.children[0]
        const [inner] = value.children
        const given = inner === undefined ? null : expr(inner)
        return alias === undefined
          ? { kind: 'expr', value: expr(value), at: value.start }
          : { kind: 'bind', target: lowerPattern(alias), value: given, at: value.start }
      }),
    { kind: 'block', body: lowerBlock(field(node, 'body')), at: node.start },
  ],
  try_statement: (node) => {
    const clauses = node.children.filter((one) => one.type.startsWith('except'))
    const after = node.children.filter((one) => one.type === 'else_clause' || one.type === 'finally_clause')
    return [
      {
        kind: 'try',
        body: lowerBlock(field(node, 'body')),
        handler: clauses.flatMap((one) => [
          ...caught(one),
          ...lowerBlock(one.children.findLast((inner) => inner.type === 'block') ?? null),
        ]),
        param: null,
        otherwise: after.flatMap((one) => lowerBlock(field(one, 'body') ?? one.children.at(-1) ?? null)),
        at: node.start,
      },
    ]
  },
  match_statement: (node) => {
    const subject = field(node, 'subject')
    const block = field(node, 'body')
    const clauses = block === null ? [] : block.children.filter((one) => one.type === 'case_clause')
    return [
      {
        kind: 'switch',
        value: subject === null ? { kind: 'literal', value: null, at: node.start } : expr(subject),
        cases: clauses.map((one) => {
          const [pattern] = one.children[0]?.children ?? []
          return {
            test:
              pattern === undefined || !/^(string|integer|float|true|false)$/.test(pattern.type)
                ? null
                : expr(pattern),
            body: lowerBlock(field(one, 'consequence')),
          }
        }),
        at: node.start,
      },
    ]
  },
  function_definition: (node) => [{ kind: 'function', fn: lowerFunction(node, []), at: node.start }],
  class_definition: (node) => [{ kind: 'class', cls: lowerClass(node, []), at: node.start }],
  decorated_definition: (node) => {
    const definition = field(node, 'definition')
    const decorators = node.children.filter((one) => one.type === 'decorator')
    if (definition === null) return []
    return definition.type === 'class_definition'
      ? [{ kind: 'class', cls: lowerClass(definition, decorators), at: definition.start }]
      : [{ kind: 'function', fn: lowerFunction(definition, decorators), at: definition.start }]
  },
  import_statement: (node) =>
    node.children.map((one): Stmt => {
      const alias = field(one, 'alias')
      const module = field(one, 'name')?.text ?? one.text
      // `import a.b` binds `a`; with an alias it binds the module itself.
      const [top = module] = module.split('.')
      return alias === null
        ? { kind: 'import', module: top, names: [{ name: '*', as: top }], at: one.start }
        : { kind: 'import', module, names: [{ name: '*', as: alias.text }], at: one.start }
    }),
  import_from_statement: (node) => {
    const module = field(node, 'module_name')?.text ?? ''
    const names = (node.fields.get('name') ?? []).map((one) => {
      const name = field(one, 'name')?.text ?? one.text
      return { name, as: field(one, 'alias')?.text ?? name }
    })
    const all = node.children.some((one) => one.type === 'wildcard_import')
    return [{ kind: 'import', module, names: all ? [{ name: '**', as: '' }] : names, at: node.start }]
  },
}

/** `except Exception as e`: anything may have gone wrong; an error of a named kind was expected. */
function caught(clause: PyNode): Stmt[] {
  const pattern = clause.children.find((one) => one.type === 'as_pattern')
  const alias = pattern === undefined ? undefined : field(pattern, 'alias')?.children[0]
  if (pattern === undefined || alias === undefined) return []
  const any = /^(?:Exception|BaseException|\(.*\bException\b.*\))$/s.test(pattern.children[0]?.text ?? '')
  const value = { kind: 'name' as const, name: any ? 'error' : 'expected error', at: alias.start }
  return [{ kind: 'bind', target: lowerPattern(alias), value, at: alias.start }]
}

function statement(node: PyNode): Stmt[] {
  return lowerings[node.type]?.(node) ?? []
}

const optionalTest = (node: PyNode) => {
  const test = field(node, 'condition')
  return test === null ? { kind: 'literal' as const, value: null, at: node.start } : expr(test)
}

function lowerPattern(node: PyNode): Pattern {
  switch (node.type) {
    case 'identifier':
      return { kind: 'name', name: node.text, at: node.start }
    case 'pattern_list':
    case 'tuple_pattern':
    case 'list_pattern':
    case 'tuple':
    case 'list': {
      const rest = node.children.find((one) => one.type === 'list_splat_pattern')?.children[0]
      return {
        kind: 'items',
        items: node.children.filter((one) => one.type !== 'list_splat_pattern').map(lowerPattern),
        ...(rest === undefined ? {} : { rest: lowerPattern(rest) }),
        at: node.start,
      }
    }
    default:
      return { kind: 'place', place: expr(node), at: node.start }
  }
}

/** The outer name of a type: `Optional[X]` and `X | None` are X to us, so that instances are recognised. */
function typeName(node: PyNode) {
  const inner = node.type === 'type' ? (node.children[0] ?? node) : node
  if (inner.type === 'binary_operator') return expr(field(inner, 'left') ?? inner)
  if (inner.type === 'generic_type') {
    const outer = inner.children[0]?.text
    const first = inner.children[1]?.children[0]
    if ((outer === 'Optional' || outer === 'Annotated') && first !== undefined)
      return expr(first.children[0] ?? first)
    return expr(inner.children[0] ?? inner)
  }
  return expr(inner)
}

function lowerParams(node: PyNode | null): Param[] {
  if (node === null) return []
  return node.children.flatMap((one): Param[] => {
    const type = field(one, 'type')
    const value = field(one, 'value')
    const named = field(one, 'name') ?? (one.type === 'identifier' ? one : one.children[0])
    if (named === undefined) return []
    const plain = named.type.endsWith('splat_pattern') ? (named.children[0] ?? named) : named
    const splat = one.type.endsWith('splat_pattern') ? one.type : named.type
    if (plain.type !== 'identifier') return []
    const annotated = annotatedCall(type)
    return [
      {
        target: { kind: 'name', name: plain.text, at: plain.start },
        name: plain.text,
        // `Annotated[str, Query()]` says what a default of `Query()` says.
        decorators: annotated === null ? [] : [annotated],
        ...(type === null ? {} : { type: typeName(type) }),
        ...(value === null ? {} : { fallback: expr(value) }),
        ...(splat === 'list_splat_pattern' ? { rest: true } : {}),
        ...(splat === 'dictionary_splat_pattern' ? { keywords: true } : {}),
      },
    ]
  })
}

function annotatedCall(type: PyNode | null) {
  const generic = type?.children[0]
  if (generic?.type !== 'generic_type' || generic.children[0]?.text !== 'Annotated') return null
  const call = generic.children[1]?.children
    .map((one) => one.children[0] ?? one)
    .find((one) => one.type === 'call')
  return call === undefined ? null : expr(call)
}

function lowerFunction(node: PyNode, decorators: PyNode[]): Fn {
  const type = field(node, 'return_type')
  const lowered = decorators.flatMap((one) => one.children.slice(0, 1).map(expr))
  return {
    name: field(node, 'name')?.text ?? '',
    params: lowerParams(field(node, 'parameters')),
    body: lowerBlock(field(node, 'body')),
    decorators: lowered,
    isAsync: node.tokens.includes('async'),
    arrow: false,
    isStatic: decorators.some((one) => one.text === '@staticmethod'),
    ...(type === null ? {} : { returnType: typeName(type) }),
    at: node.start,
    end: node.end,
  }
}

function lowerClass(node: PyNode, decorators: PyNode[]): Cls {
  const methods: Fn[] = []
  const fields: Cls['fields'] = []
  for (const stmt of lowerBlock(field(node, 'body'))) {
    if (stmt.kind === 'function') methods.push(stmt.fn)
    if (stmt.kind === 'bind' && stmt.target.kind === 'name') {
      const { name, type } = stmt.target
      fields.push({
        name,
        value: stmt.value,
        isStatic: true,
        at: stmt.at,
        ...(type === undefined ? {} : { type }),
      })
    }
  }
  const bases = field(node, 'superclasses')?.children.filter((one) => one.type !== 'keyword_argument') ?? []
  return {
    name: field(node, 'name')?.text ?? '',
    bases: bases.map(expr),
    methods,
    fields,
    decorators: decorators.flatMap((one) => one.children.slice(0, 1).map(expr)),
    at: node.start,
  }
}
