import { writtenName } from '../engine/machine.ts'
import type { Cls, Expr, Fn, SourceFile, Stmt } from '../ir/ir.ts'
import { walk } from './walk.ts'

interface CallFact {
  expr: Expr & { kind: 'call' }
  /** As written, with the name of its module in front where it was imported: `express-session`, `fs.writeFileSync`. */
  name: string
  written: string
  fn: Fn | null
  cls: Cls | null
}

/** What the rules that look at the shape of a file need of it. */
export interface Outline {
  file: SourceFile
  calls: CallFact[]
  functions: { fn: Fn; cls: Cls | null }[]
  classes: Cls[]
  /** Assignments, outermost target first; `name` is the whole place as written. */
  assignments: { name: string; value: Expr; at: number; fn: Fn | null; cls: Cls | null }[]
  /** Local names and what they were imported as: module, or module and member. */
  imports: Map<string, { module: string; name: string }>
  /** The text without comments. */
  code: string
}

const plain = (text: string, python: boolean): string =>
  python
    ? text.replace(/(^|\s)#[^\n]*/g, '$1')
    : text.replace(/\/\*[\s\S]*?\*\/|(?<![:"'`\\/])\/\/[^\n]*/g, (all) => all.replace(/[^\n]/g, ' '))

/** Outlines a file. */
export function outline(file: SourceFile): Outline {
  const calls: CallFact[] = []
  const functions: Outline['functions'] = []
  const classes: Cls[] = []
  const assignments: Outline['assignments'] = []
  const imports: Outline['imports'] = new Map()
  const bound = (stmt: Stmt & { kind: 'bind' }): void => {
    const required =
      stmt.value?.kind === 'call' && writtenName(stmt.value.callee) === 'require'
        ? stmt.value.args[0]?.value
        : undefined
    if (required?.kind !== 'literal' || typeof required.value !== 'string') return
    if (stmt.target.kind === 'name') imports.set(stmt.target.name, { module: required.value, name: '*' })
    if (stmt.target.kind === 'fields')
      for (const { key, target } of stmt.target.fields)
        if (key !== null && target.kind === 'name')
          imports.set(target.name, { module: required.value, name: key })
  }
  walk(file.body, {
    fn: (fn, cls) => functions.push({ fn, cls }),
    cls: (cls) => classes.push(cls),
    stmt(stmt, fn, cls) {
      if (stmt.kind === 'import')
        for (const { name, as } of stmt.names) imports.set(as, { module: stmt.module, name })
      if (stmt.kind !== 'bind' || stmt.value === null) return
      bound(stmt)
      const name =
        stmt.target.kind === 'name'
          ? stmt.target.name
          : stmt.target.kind === 'place'
            ? writtenName(stmt.target.place)
            : null
      if (name !== null) assignments.push({ name, value: stmt.value, at: stmt.at, fn, cls })
    },
    expr(expr, fn, cls) {
      if (expr.kind === 'assign') {
        const name =
          expr.target.kind === 'name'
            ? expr.target.name
            : expr.target.kind === 'place'
              ? writtenName(expr.target.place)
              : null
        if (name !== null) assignments.push({ name, value: expr.value, at: expr.at, fn, cls })
      }
      if (expr.kind === 'call')
        calls.push({ expr, name: '', written: writtenName(expr.callee) ?? '', fn, cls })
    },
  })
  for (const call of calls) {
    const [root = '', ...rest] = call.written.split('.')
    const from = imports.get(root.replace('()', ''))
    const module = from?.module.replace(/^node:/, '').replace(/^fs\/promises$/, 'fs') ?? ''
    const head =
      from === undefined
        ? root
        : from.name === '*' || from.name === 'default' || from.name === '='
          ? module + (root.endsWith('()') ? '()' : '')
          : `${module}.${from.name}${root.endsWith('()') ? '()' : ''}`
    call.name = [head, ...rest].join('.')
  }
  return {
    file,
    calls,
    functions,
    classes,
    assignments,
    imports,
    code: plain(file.text, file.language === 'python'),
  }
}

/** The text of a function's body without comments. */
export function bodyOf(outlined: Outline, fn: Fn): string {
  return outlined.code.length === outlined.file.text.length
    ? outlined.code.slice(fn.body[0]?.at ?? fn.at, fn.end)
    : plain(outlined.file.text.slice(fn.body[0]?.at ?? fn.at, fn.end), outlined.file.language === 'python')
}

/** The value of an option: a keyword argument, or an entry of an object among the arguments. */
export function optionIn(call: Expr & { kind: 'call' }, name: string): Expr | null {
  for (const arg of call.args) {
    if (arg.name === name) return arg.value
    if (arg.value.kind === 'object') {
      const entry = arg.value.entries.find((one) => one.key === name)
      if (entry !== undefined) return entry.value
    }
  }
  return null
}

/** Every name and literal that an expression is made of, through the variables of its function. */
export function ingredients(outlined: Outline, expr: Expr, fn: Fn | null, depth = 3): string[] {
  const found: string[] = []
  walk([{ kind: 'expr', value: expr, at: expr.at }], {
    expr(one) {
      if (one.kind === 'literal') found.push(String(one.value))
      else if (one.kind === 'member') found.push(one.name)
      else if (one.kind === 'name') {
        found.push(one.name)
        if (depth === 0) return
        for (const { name, value, fn: where } of outlined.assignments)
          if (name === one.name && (where === fn || where === null) && value !== expr)
            found.push(...ingredients(outlined, value, where, depth - 1))
      }
    },
  })
  return found
}

/** A literal text; null for anything else. */
export const textIn = (expr: Expr | null | undefined): string | null =>
  expr?.kind === 'literal' && typeof expr.value === 'string' ? expr.value : null
