import type { Cls, Expr, Fn, Param, Pattern, Stmt } from '../ir/ir.ts'
import { expressionLowering, nothing } from './lower-expression.ts'
import { child, children, isTree, keyName, text, type Tree } from './tree.ts'

const lowerExpr = expressionLowering({ lowerFunction, lowerClass, lowerPattern })

/** Lowers a list of statements. */
export function lowerStatements(nodes: readonly Tree[]): Stmt[] {
  return nodes.flatMap(lowerStatement)
}

/** A function without a name is known by the name it is given to. */
function named(value: Expr, name: string): Expr {
  if (value.kind === 'function' && value.fn.name === '') value.fn.name = name
  return value
}

/** The statements of a body that may be one statement. */
function body(node: Tree | null): Stmt[] {
  return node === null ? [] : lowerStatement(node)
}

const lowerings: Record<string, (node: Tree) => Stmt[]> = {
  ExpressionStatement: (node) => [{ kind: 'expr', value: expr(node, 'expression'), at: node.start }],
  BlockStatement: (node) => [
    { kind: 'block', body: lowerStatements(children(node, 'body')), at: node.start },
  ],
  VariableDeclaration: (node) =>
    children(node, 'declarations').map((one) => {
      const init = child(one, 'init')
      return {
        kind: 'bind',
        target: lowerPattern(child(one, 'id') ?? one),
        value: init === null ? null : named(lowerExpr(init), text(child(one, 'id') ?? one, 'name')),
        at: one.start,
      }
    }),
  FunctionDeclaration: (node) => [{ kind: 'function', fn: lowerFunction(node), at: node.start }],
  ClassDeclaration: (node) => [{ kind: 'class', cls: lowerClass(node), at: node.start }],
  ReturnStatement: (node) => [{ kind: 'return', value: optional(node, 'argument'), at: node.start }],
  ThrowStatement: (node) => [{ kind: 'throw', value: optional(node, 'argument'), at: node.start }],
  BreakStatement: (node) => [{ kind: 'jump', at: node.start }],
  ContinueStatement: (node) => [{ kind: 'jump', at: node.start }],
  LabeledStatement: (node) => body(child(node, 'body')),
  IfStatement: (node) => [
    {
      kind: 'if',
      test: expr(node, 'test'),
      consequent: body(child(node, 'consequent')),
      otherwise: body(child(node, 'alternate')),
      at: node.start,
    },
  ],
  ForStatement: (node) => {
    const init = child(node, 'init')
    const first: Stmt[] =
      init === null
        ? []
        : init.type === 'VariableDeclaration'
          ? lowerStatement(init)
          : [{ kind: 'expr', value: lowerExpr(init), at: init.start }]
    const update = child(node, 'update')
    const last: Stmt[] = update === null ? [] : [{ kind: 'expr', value: lowerExpr(update), at: update.start }]
    return [...first, loop(node, null, null, optional(node, 'test'), false, last)]
  },
  WhileStatement: (node) => [loop(node, null, null, expr(node, 'test'), false)],
  DoWhileStatement: (node) => [loop(node, null, null, expr(node, 'test'), false)],
  ForOfStatement: (node) => [loop(node, loopTarget(node), expr(node, 'right'), null, false)],
  ForInStatement: (node) => [loop(node, loopTarget(node), expr(node, 'right'), null, true)],
  SwitchStatement: (node) => [
    {
      kind: 'switch',
      value: expr(node, 'discriminant'),
      cases: children(node, 'cases').map((one) => ({
        test: optional(one, 'test'),
        body: lowerStatements(children(one, 'consequent')),
      })),
      at: node.start,
    },
  ],
  TryStatement: (node) => {
    const handler = child(node, 'handler')
    const param = handler === null ? null : child(handler, 'param')
    return [
      {
        kind: 'try',
        body: body(child(node, 'block')),
        handler: handler === null ? [] : body(child(handler, 'body')),
        param: param === null ? null : lowerPattern(param),
        otherwise: body(child(node, 'finalizer')),
        at: node.start,
      },
    ]
  },
  ImportDeclaration: (node) =>
    node['importKind'] === 'typeof'
      ? []
      : [
          {
            kind: 'import',
            module: text(child(node, 'source') ?? node, 'value'),
            names: children(node, 'specifiers').map((one) => ({
              name:
                one.type === 'ImportDefaultSpecifier'
                  ? 'default'
                  : one.type === 'ImportNamespaceSpecifier'
                    ? '*'
                    : (keyName(child(one, 'imported'), false) ?? 'default'),
              as: text(child(one, 'local') ?? one, 'name'),
            })),
            at: node.start,
          },
        ],
  ExportNamedDeclaration: (node) => {
    const declared = child(node, 'declaration')
    const inner = declared === null ? [] : lowerStatement(declared)
    const source = child(node, 'source')
    const names = children(node, 'specifiers').map((one) => ({
      name: one.type === 'ExportNamespaceSpecifier' ? '*' : (keyName(child(one, 'local'), false) ?? ''),
      as: keyName(child(one, 'exported'), false) ?? '',
    }))
    for (const stmt of inner) for (const name of boundNames(stmt)) names.push({ name, as: name })
    return [
      ...inner,
      { kind: 'export', names, from: source === null ? null : text(source, 'value'), at: node.start },
    ]
  },
  ExportAllDeclaration: (node) => [
    {
      kind: 'export',
      names: [{ name: '*', as: '*' }],
      from: text(child(node, 'source') ?? node, 'value'),
      at: node.start,
    },
  ],
  ExportDefaultDeclaration: (node) => {
    const declared = child(node, 'declaration')
    if (declared === null) return []
    const inner =
      declared.type === 'FunctionDeclaration' || declared.type === 'ClassDeclaration'
        ? lowerStatement(declared)
        : []
    const [name] = inner.flatMap(boundNames)
    const value: Expr =
      name !== undefined && name !== ''
        ? { kind: 'name', name, at: declared.start }
        : lowerExpr(
            declared.type === 'FunctionDeclaration' ? { ...declared, type: 'FunctionExpression' } : declared,
          )
    return [
      ...(name === undefined || name === '' ? [] : inner),
      { kind: 'export', names: [{ name: '', as: 'default', value }], from: null, at: node.start },
    ]
  },
  TSExportAssignment: (node) => [
    {
      kind: 'export',
      names: [{ name: '', as: '=', value: expr(node, 'expression') }],
      from: null,
      at: node.start,
    },
  ],
  TSImportEqualsDeclaration: (node) => {
    const reference = child(node, 'moduleReference')
    const source = reference === null ? null : child(reference, 'expression')
    return source === null
      ? []
      : [
          {
            kind: 'import',
            module: text(source, 'value'),
            names: [{ name: '=', as: text(child(node, 'id') ?? node, 'name') }],
            at: node.start,
          },
        ]
  },
  TSModuleDeclaration: (node) => {
    const block = child(node, 'body')
    return block === null ? [] : lowerStatements(children(block, 'body'))
  },
}

function lowerStatement(node: Tree): Stmt[] {
  return lowerings[node.type]?.(node) ?? []
}

function boundNames(stmt: Stmt): string[] {
  if (stmt.kind === 'function') return [stmt.fn.name]
  if (stmt.kind === 'class') return [stmt.cls.name]
  return stmt.kind === 'bind' ? patternNames(stmt.target) : []
}

function patternNames(pattern: Pattern): string[] {
  if (pattern.kind === 'name') return [pattern.name]
  if (pattern.kind === 'fields') return pattern.fields.flatMap((field) => patternNames(field.target))
  if (pattern.kind === 'items')
    return pattern.items.flatMap((item) => (item === null ? [] : patternNames(item)))
  return pattern.kind === 'default' ? patternNames(pattern.target) : []
}

const expr = (node: Tree, field: string): Expr => {
  const inner = child(node, field)
  return inner === null ? nothing(node.start) : lowerExpr(inner)
}

const optional = (node: Tree, field: string): Expr | null => {
  const inner = child(node, field)
  return inner === null ? null : lowerExpr(inner)
}

function loop(
  node: Tree,
  target: Pattern | null,
  over: Expr | null,
  test: Expr | null,
  keys: boolean,
  last: Stmt[] = [],
): Stmt {
  return {
    kind: 'loop',
    target,
    over,
    test,
    keys,
    body: [...body(child(node, 'body')), ...last],
    at: node.start,
  }
}

function loopTarget(node: Tree): Pattern | null {
  const left = child(node, 'left')
  if (left === null) return null
  if (left.type !== 'VariableDeclaration') return lowerPattern(left)
  const [first] = children(left, 'declarations')
  return first === undefined ? null : lowerPattern(child(first, 'id') ?? first)
}

/** Lowers what a value is put into. */
function lowerPattern(node: Tree): Pattern {
  switch (node.type) {
    case 'Identifier': {
      const type = lowerType(child(node, 'typeAnnotation'))
      return { kind: 'name', name: text(node, 'name'), at: node.start, ...(type === null ? {} : { type }) }
    }
    case 'AssignmentPattern':
      return {
        kind: 'default',
        target: lowerPattern(child(node, 'left') ?? node),
        fallback: expr(node, 'right'),
        at: node.start,
      }
    case 'ObjectPattern': {
      const properties = children(node, 'properties')
      const rest = properties.find((one) => one.type === 'RestElement')
      return {
        kind: 'fields',
        fields: properties
          .filter((one) => one.type !== 'RestElement')
          .map((one) => ({
            key: keyName(child(one, 'key'), one['computed'] === true),
            target: lowerPattern(child(one, 'value') ?? one),
          })),
        ...(rest === undefined ? {} : { rest: lowerPattern(child(rest, 'argument') ?? rest) }),
        at: node.start,
      }
    }
    case 'ArrayPattern': {
      const elements = Array.isArray(node['elements']) ? node['elements'] : []
      const items: (Pattern | null)[] = []
      let rest: Pattern | undefined
      for (const element of elements) {
        if (!isTree(element)) items.push(null)
        else if (element.type === 'RestElement') rest = lowerPattern(child(element, 'argument') ?? element)
        else items.push(lowerPattern(element))
      }
      return { kind: 'items', items, ...(rest === undefined ? {} : { rest }), at: node.start }
    }
    case 'TSParameterProperty':
      return lowerPattern(child(node, 'parameter') ?? node)
    case 'RestElement':
      return lowerPattern(child(node, 'argument') ?? node)
    default:
      return { kind: 'place', place: lowerExpr(node), at: node.start }
  }
}

/** The name that a type annotation refers to, as an expression; null for other types. */
function lowerType(annotation: Tree | null): Expr | null {
  const type = annotation === null ? null : (child(annotation, 'typeAnnotation') ?? annotation)
  if (type === null) return null
  if (type.type === 'TSNumberKeyword' || type.type === 'TSBooleanKeyword')
    return { kind: 'name', name: type.type === 'TSNumberKeyword' ? 'number' : 'boolean', at: type.start }
  if (type.type === 'TSStringKeyword') return { kind: 'name', name: 'string', at: type.start }
  if (type.type !== 'TSTypeReference') return null
  const name = child(type, 'typeName')
  return name === null ? null : lowerTypeName(name)
}

function lowerTypeName(node: Tree): Expr | null {
  if (node.type === 'Identifier') return { kind: 'name', name: text(node, 'name'), at: node.start }
  const left = child(node, 'left')
  const right = child(node, 'right')
  if (node.type !== 'TSQualifiedName' || left === null || right === null) return null
  const object = lowerTypeName(left)
  return object === null ? null : { kind: 'member', object, name: text(right, 'name'), at: node.start }
}

function decorators(node: Tree): Expr[] {
  return children(node, 'decorators').map((one) => expr(one, 'expression'))
}

function lowerParam(node: Tree): Param {
  const inner = node.type === 'TSParameterProperty' ? (child(node, 'parameter') ?? node) : node
  const plain = inner.type === 'AssignmentPattern' ? (child(inner, 'left') ?? inner) : inner
  const type = lowerType(child(plain, 'typeAnnotation'))
  const pattern = lowerPattern(plain)
  return {
    target: pattern,
    name: pattern.kind === 'name' ? pattern.name : null,
    decorators: [...decorators(node), ...(inner === node ? [] : decorators(inner))],
    ...(type === null ? {} : { type }),
    ...(inner.type === 'AssignmentPattern' ? { fallback: expr(inner, 'right') } : {}),
    ...(inner.type === 'RestElement' ? { rest: true } : {}),
    ...(node.type === 'TSParameterProperty' ? { field: true } : {}),
  }
}

/** Lowers any function: declaration, expression, arrow or method. */
function lowerFunction(node: Tree, name?: string): Fn {
  const block = child(node, 'body')
  const stmts: Stmt[] =
    block === null
      ? []
      : block.type === 'BlockStatement'
        ? lowerStatements(children(block, 'body'))
        : [{ kind: 'return', value: lowerExpr(block), at: block.start }]
  const id = child(node, 'id')
  return {
    name: name ?? (id === null ? '' : text(id, 'name')),
    params: children(node, 'params')
      .filter((one) => !(one.type === 'Identifier' && one['name'] === 'this'))
      .map(lowerParam),
    body: stmts,
    decorators: decorators(node),
    isAsync: node['async'] === true,
    arrow: node.type === 'ArrowFunctionExpression',
    isStatic: node['static'] === true,
    at: node.start,
    end: node.end,
  }
}

/** Lowers a class. */
function lowerClass(node: Tree): Cls {
  const block = child(node, 'body')
  const members = block === null ? [] : children(block, 'body')
  const base = child(node, 'superClass')
  const id = child(node, 'id')
  const methods: Fn[] = []
  const fields: Cls['fields'] = []
  for (const member of members) {
    const name = keyName(child(member, 'key'), member['computed'] === true) ?? ''
    if (member.type.endsWith('Method')) methods.push(lowerFunction(member, name))
    else if (member.type.endsWith('Property')) {
      const type = lowerType(child(member, 'typeAnnotation'))
      fields.push({
        name,
        value: optional(member, 'value'),
        ...(type === null ? {} : { type }),
        isStatic: member['static'] === true,
        at: member.start,
      })
    }
  }
  return {
    name: id === null ? '' : text(id, 'name'),
    bases: base === null ? [] : [lowerExpr(base)],
    methods: methods.filter((method) => method.body.length > 0 || method.name === 'constructor'),
    fields,
    decorators: decorators(node),
    at: node.start,
  }
}
