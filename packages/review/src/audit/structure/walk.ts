import type { Cls, Expr, Fn, Stmt } from '../ir/ir.ts'

/** What a walk tells about: `fn` and `cls` are what stands around, innermost. */
export interface Visitor {
  expr?(expr: Expr, fn: Fn | null, cls: Cls | null): void
  stmt?(stmt: Stmt, fn: Fn | null, cls: Cls | null): void
  fn?(fn: Fn, cls: Cls | null): void
  cls?(cls: Cls): void
}

/** Walks over statements and all that is in them, from the outside in. */
export function walk(stmts: readonly Stmt[], visitor: Visitor): void {
  for (const stmt of stmts) walkStmt(stmt, visitor, null, null)
}

/** Walks over an expression and all that is in it. */
export function walkExpr(
  expr: Expr | null | undefined,
  visitor: Visitor,
  fn: Fn | null = null,
  cls: Cls | null = null,
): void {
  if (expr === null || expr === undefined) return
  visitor.expr?.(expr, fn, cls)
  const inner = (one: Expr | null | undefined) => walkExpr(one, visitor, fn, cls)
  switch (expr.kind) {
    case 'member':
      return inner(expr.object)
    case 'index':
      inner(expr.object)
      return inner(expr.index)
    case 'call':
      inner(expr.callee)
      for (const arg of expr.args) inner(arg.value)
      return
    case 'concat':
      return expr.parts.forEach(inner)
    case 'object':
      for (const entry of expr.entries) {
        inner(entry.keyExpr)
        inner(entry.value)
      }
      return
    case 'array':
    case 'sequence':
      return expr.items.forEach(inner)
    case 'spread':
    case 'not':
    case 'await':
      return inner(expr.value)
    case 'function':
      return walkFn(expr.fn, visitor, cls)
    case 'class':
      return walkCls(expr.cls, visitor)
    case 'logic':
    case 'compare':
    case 'arithmetic':
      inner(expr.left)
      return inner(expr.right)
    case 'choice':
      inner(expr.test)
      inner(expr.consequent)
      return inner(expr.otherwise)
    case 'assign':
      if (expr.target.kind === 'place') inner(expr.target.place)
      return inner(expr.value)
    case 'comprehension':
      for (const loop of expr.loops) inner(loop.over)
      expr.tests.forEach(inner)
      return inner(expr.item)
    case 'import':
      return inner(expr.module)
    case 'markup':
      for (const entry of expr.entries) inner(entry.value)
      return expr.children.forEach(inner)
  }
}

function walkFn(fn: Fn, visitor: Visitor, cls: Cls | null): void {
  visitor.fn?.(fn, cls)
  for (const decorator of fn.decorators) walkExpr(decorator, visitor, null, cls)
  for (const param of fn.params) walkExpr(param.fallback, visitor, fn, cls)
  for (const stmt of fn.body) walkStmt(stmt, visitor, fn, cls)
}

function walkCls(cls: Cls, visitor: Visitor): void {
  visitor.cls?.(cls)
  for (const decorator of cls.decorators) walkExpr(decorator, visitor, null, cls)
  for (const field of cls.fields) walkExpr(field.value, visitor, null, cls)
  for (const method of cls.methods) walkFn(method, visitor, cls)
}

function walkStmt(stmt: Stmt, visitor: Visitor, fn: Fn | null, cls: Cls | null): void {
  visitor.stmt?.(stmt, fn, cls)
  const expr = (one: Expr | null | undefined) => walkExpr(one, visitor, fn, cls)
  const stmts = (list: readonly Stmt[]) => {
    for (const one of list) walkStmt(one, visitor, fn, cls)
  }
  switch (stmt.kind) {
    case 'expr':
    case 'return':
    case 'throw':
      return expr(stmt.value)
    case 'bind':
      if (stmt.target.kind === 'place') expr(stmt.target.place)
      return expr(stmt.value)
    case 'if':
      expr(stmt.test)
      stmts(stmt.consequent)
      return stmts(stmt.otherwise)
    case 'loop':
      expr(stmt.over)
      expr(stmt.test)
      return stmts(stmt.body)
    case 'switch':
      expr(stmt.value)
      for (const one of stmt.cases) {
        expr(one.test)
        stmts(one.body)
      }
      return
    case 'try':
      stmts(stmt.body)
      stmts(stmt.handler)
      return stmts(stmt.otherwise)
    case 'block':
      return stmts(stmt.body)
    case 'function':
      return walkFn(stmt.fn, visitor, cls)
    case 'class':
      return walkCls(stmt.cls, visitor)
    case 'export':
      for (const one of stmt.names) expr(one.value)
  }
}
