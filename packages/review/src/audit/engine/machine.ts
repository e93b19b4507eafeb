import type { Expr, Fn, Stmt } from '../ir/ir.ts'
import type { Models } from '../models/models.ts'
import type { Program } from './program.ts'
import type { Trail } from './trail.ts'
import type { ClassValue, Closure, Heap, Taint, Value, Scope } from './value.ts'

/** One activation of a function, or of a module. */
export interface Frame {
  scope: Scope
  fn: Fn | null
  file: string
  result: Value
  self: Value | null
  cls: ClassValue | null
  depth: number
  /** Names of the variables, properties and functions that the present expression is for, outermost first. */
  context: string[]
  /** Which access paths a variable was made from, by functions that keep what matters. */
  derived: Map<string, string[]>
  /** The response was declared to be no HTML. */
  plainResponse: boolean
}

export interface ArgValue {
  value: Value
  name?: string
  spread?: boolean
  expr: Expr | null
}

export interface Hit {
  rule: string
  file: string
  at: number
  end?: number
  taint: Taint | null
  /** What the sink is, as written. */
  sink: string
}

/** The abstract machine: its parts call each other through this. */
export interface Machine {
  readonly program: Program
  readonly models: Models
  readonly trail: Trail
  /** Access paths that a condition said something about. */
  readonly refined: Set<string>
  /** Functions that run, outermost first. */
  readonly stack: readonly Fn[]
  /** The same with their files. */
  readonly frames: readonly { fn: Fn; file: string }[]
  /** Heap writes so far: results of functions that write are not reused. */
  writes: number
  /** How many conditions around ask whether this is a developer's machine: errors may be shown there. */
  developing: number
  /** Functions that listen to events of emitters, by the name of the event. */
  readonly listeners: Map<string, readonly Closure[]>
  /** Functions that a framework was given to answer requests. */
  readonly handlers: Set<Fn>
  /** Expressions that the present entry point may still evaluate. */
  budget: number
  expr(expr: Expr, frame: Frame): Value
  /** Runs statements; true where their end is never reached. */
  block(stmts: readonly Stmt[], frame: Frame): boolean
  invoke(closure: Closure, args: readonly ArgValue[], frame: Frame, at: number, self?: Value | null): Value
  instantiate(cls: ClassValue, args: readonly ArgValue[], frame: Frame, at: number): Value
  member(value: Value, name: string, frame: Frame, at: number): Value
  write(heaps: readonly Heap[], name: string | null, value: Value): void
  module(file: string): Value
  require(specifier: string, from: string): Value
  /** Notes a function, which is entered later even where nobody calls it. */
  register(closure: Closure): void
  report(hit: Hit): void
}

/** Taints with one more step on their way. */
export function stepped(taint: readonly Taint[], file: string, at: number, what: string): readonly Taint[] {
  if (taint.length === 0) return taint
  return taint.map((one) =>
    one.last.at === at && one.last.file === file
      ? one
      : { ...one, last: { file, at, what, before: one.last } },
  )
}

const development =
  /(?:^|[._])(?:NODE_ENV|is_?(?:dev|prod)\w*|dev(?:elopment)?|debug|production|DEBUG|FLASK_ENV|APP_ENV)(?:\(\))?$/i

/** Whether a condition asks whether this is a developer's machine. */
export function asksForDevelopment(test: Expr): boolean {
  switch (test.kind) {
    case 'not':
    case 'await':
      return asksForDevelopment(test.value)
    case 'logic':
    case 'compare':
      return asksForDevelopment(test.left) || asksForDevelopment(test.right)
    case 'literal':
      return false
    case 'call':
      return (
        development.test(writtenName(test.callee) ?? '') ||
        test.args.some((arg) => arg.value.kind === 'literal' && development.test(String(arg.value.value)))
      )
    default:
      return development.test(writtenName(test) ?? '')
  }
}

/** How an expression is written, as a dotted name; null where it is none. */
export function writtenName(expr: Expr): string | null {
  if (expr.kind === 'name') return expr.name
  if (expr.kind !== 'member' && expr.kind !== 'call' && expr.kind !== 'await' && expr.kind !== 'index')
    return null
  let name = names.get(expr)
  if (name === undefined) names.set(expr, (name = write(expr)))
  return name
}

/** Written once and then looked up: the same text is asked for at each evaluation. */
const names = new WeakMap<Expr, string | null>()

function write(expr: Expr): string | null {
  switch (expr.kind) {
    case 'name':
      return expr.name
    case 'member': {
      const object = writtenName(expr.object)
      return object === null ? `?.${expr.name}` : `${object}.${expr.name}`
    }
    case 'call': {
      const callee = writtenName(expr.callee)
      return callee === null ? null : `${callee}()`
    }
    case 'await':
      return writtenName(expr.value)
    case 'index': {
      const object = writtenName(expr.object)
      return object === null ? null : `${object}[]`
    }
    default:
      return null
  }
}

const keepsValue =
  /^(?:trim|toLowerCase|toUpperCase|toString|normalize|lower|upper|strip|casefold|String|str)$/

/** The access path of an expression: a variable or field that a condition may speak about. */
export function accessPath(expr: Expr): string | null {
  if (expr.kind === 'name') return expr.name
  if (expr.kind === 'member') {
    const object = accessPath(expr.object)
    return object === null ? null : `${object}.${expr.name}`
  }
  if (expr.kind === 'assign') return expr.target.kind === 'name' ? expr.target.name : null
  if (expr.kind === 'await') return accessPath(expr.value)
  if (expr.kind !== 'call') return null
  if (expr.callee.kind === 'member' && expr.args.length === 0 && keepsValue.test(expr.callee.name))
    return accessPath(expr.callee.object)
  const [first] = expr.args
  if (expr.callee.kind === 'name' && first !== undefined && keepsValue.test(expr.callee.name))
    return accessPath(first.value)
  return null
}
