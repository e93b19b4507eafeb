import type { Expr, Fn, Stmt } from '../ir/ir.ts'
import { bits, everything } from '../models/kinds.ts'
import { accessPath, writtenName } from './machine.ts'

/** What a condition proves about an access path: kinds of sinks that its value is safe for. */
export interface Fact {
  path: string
  clears: number
  /** The proof is about paths: it holds only for those that were normalised. */
  normalised?: boolean
}

/** `ALLOWED.some((host) => name === host)`: the callback compares with each. */
export function factsOfCallback(fn: Fn): Fact[] {
  const [last] = fn.body
  if (last?.kind !== 'return' || last.value === null) return []
  const found: Fact[] = []
  const look = (expr: Expr): void => {
    if (expr.kind === 'logic') {
      look(expr.left)
      look(expr.right)
    } else if (expr.kind === 'compare' && expr.op === '==') {
      for (const side of [expr.left, expr.right]) {
        const path = accessPath(side)
        if (path !== null && !fn.params.some((param) => param.name === path))
          found.push({ path, clears: everything })
      }
    } else if (
      expr.kind === 'call' &&
      expr.callee.kind === 'member' &&
      /^(?:startsWith|endsWith)$/.test(expr.callee.name)
    ) {
      const path = accessPath(expr.callee.object)
      if (path !== null) found.push({ path, clears: bits(['path', 'ssrf', 'redirect']) })
    }
  }
  look(last.value)
  return found
}

/** The access paths that an expression is made from. */
export function pathsIn(expr: Expr): string[] {
  const path = accessPath(expr)
  if (path !== null) return [path]
  if (expr.kind === 'call')
    return expr.args
      .flatMap((arg) => pathsIn(arg.value))
      .concat(expr.callee.kind === 'member' ? pathsIn(expr.callee.object) : [])
  return expr.kind === 'await' ? pathsIn(expr.value) : []
}

/** Whether statements never reach their end. */
export const ends = (stmts: readonly Stmt[]): boolean => {
  const last = stmts.at(-1)
  if (last === undefined) return false
  if (last.kind === 'block') return ends(last.body)
  if (last.kind === 'if') return ends(last.consequent) && ends(last.otherwise)
  return last.kind === 'return' || last.kind === 'throw' || last.kind === 'jump'
}

/** The access path of an address of which the expression is the host: `new URL(x).hostname`. */
export function hostOf(expr: Expr): string | null {
  if (
    expr.kind !== 'member' ||
    !/^(?:host|hostname|netloc|origin)$/.test(expr.name) ||
    expr.object.kind !== 'call'
  )
    return null
  const [first] = expr.object.args
  return first !== undefined &&
    /(?:^|\.)(?:URL|urlparse|urlsplit|parse)$/.test(writtenName(expr.object.callee) ?? '')
    ? accessPath(first.value)
    : null
}

/** Whether statements end with an error. */
export const throws = (stmts: readonly Stmt[]): boolean => {
  const last = stmts.at(-1)
  return (
    last?.kind === 'throw' ||
    (last?.kind === 'block' && throws(last.body)) ||
    (last?.kind === 'expr' &&
      last.value.kind === 'call' &&
      /(?:^|\.)(?:abort|fail|exit)$/.test(writtenName(last.value.callee) ?? ''))
  )
}
