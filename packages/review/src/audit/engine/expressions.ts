import type { Entry, Expr } from '../ir/ir.ts'
import { bits, everything } from '../models/kinds.ts'
import { bind } from './bind.ts'
import { evaluateCall } from './calls.ts'
import { evaluateComprehension } from './comprehension.ts'
import { refine } from './guards.ts'
import { accessPath, asksForDevelopment, stepped, type Frame, type Machine } from './machine.ts'
import { checkMarkup, checkProperty } from './place-sinks.ts'
import { memberRef } from './refs.ts'
import { elements, joinTexts } from './texts.ts'
import {
  cleared,
  deepTaint,
  join,
  joinAll,
  joinTaints,
  marked,
  marks,
  newHeap,
  ofHeap,
  ofText,
  onlyTaint,
  unknown,
  withTaint,
  type Value,
} from './value.ts'

/** The value of an expression; `machine.expr` calls this. */
export function evaluate(machine: Machine, expr: Expr, frame: Frame): Value {
  switch (expr.kind) {
    case 'literal':
      return typeof expr.value === 'string' ? ofText(expr.value) : { ...unknown, constant: expr.value }
    case 'regex':
      return { ...unknown, text: expr.source, refs: ['RegExp'] }
    case 'name':
      return name(machine, expr, frame)
    case 'member':
      return member(machine, expr, frame)
    case 'index':
      return index(machine, expr, frame)
    case 'call':
      return evaluateCall(machine, expr, frame)
    case 'concat':
      return concat(machine, expr, frame)
    case 'object':
      return object(machine, expr.entries, frame)
    case 'array': {
      const heap = newHeap(true)
      for (const [position, item] of expr.items.entries()) {
        const value = machine.expr(item.kind === 'spread' ? item.value : item, frame)
        if (item.kind === 'spread') heap.rest = join(heap.rest ?? unknown, elements(value))
        else heap.fields.set(String(position), value)
      }
      return ofHeap(heap)
    }
    case 'spread':
      return machine.expr(expr.value, frame)
    case 'function':
      return {
        ...unknown,
        fns: [
          {
            fn: expr.fn,
            scope: frame.scope,
            file: frame.file,
            self: expr.fn.arrow ? frame.self : null,
            cls: expr.fn.arrow ? frame.cls : null,
          },
        ],
      }
    case 'class':
      return machine.expr({ kind: 'name', name: expr.cls.name, at: expr.at }, frame)
    case 'logic':
      return logic(machine, expr, frame)
    case 'not':
      machine.expr(expr.value, frame)
      return unknown
    case 'compare':
      machine.expr(expr.left, frame)
      machine.expr(expr.right, frame)
      return unknown
    case 'arithmetic':
      return arithmetic(machine, expr, frame)
    case 'choice':
      return choice(machine, expr, frame)
    case 'assign': {
      const pattern = expr.target
      if (pattern.kind === 'name') frame.context.push(pattern.name)
      if (pattern.kind === 'place' && pattern.place.kind === 'member') frame.context.push(pattern.place.name)
      const depth = frame.context.length
      const value = machine.expr(expr.value, frame)
      if (pattern.kind === 'name' || (pattern.kind === 'place' && pattern.place.kind === 'member'))
        frame.context.length = depth - 1
      bind(machine, pattern, value, frame, expr.value, false)
      return value
    }
    case 'await': {
      const value = machine.expr(expr.value, frame)
      if (expr.yields !== undefined)
        frame.result = join(frame.result, expr.yields === 'all' ? elements(value) : value)
      return expr.yields === undefined ? value : unknown
    }
    case 'sequence':
      return expr.items.map((item) => machine.expr(item, frame)).at(-1) ?? unknown
    case 'comprehension':
      return evaluateComprehension(machine, expr, frame)
    case 'import': {
      const specifier = machine.expr(expr.module, frame)
      return typeof specifier.constant === 'string'
        ? machine.require(specifier.constant, frame.file)
        : unknown
    }
    case 'markup':
      return checkMarkup(machine, expr, frame)
  }
}

function name(machine: Machine, expr: Expr & { kind: 'name' }, frame: Frame): Value {
  if (expr.name === 'this' && frame.self !== null) return frame.self
  if (expr.name === 'super' && frame.cls !== null) {
    const [base] = frame.cls.bases
    return base === undefined ? unknown : { ...unknown, classes: [base] }
  }
  const found = frame.scope.find(expr.name)
  if (found !== undefined) return found
  // A name that nobody binds is a global thing, known by its name.
  const ref = expr.name === 'globalThis' || expr.name === 'window' || expr.name === 'self' ? '' : expr.name
  if (ref === '') return { ...unknown, refs: ['window'] }
  return machine.models.sourceTaint(ref, frame.file, expr.at) ?? { ...unknown, refs: [ref] }
}

function member(machine: Machine, expr: Expr & { kind: 'member' }, frame: Frame): Value {
  const value = machine.expr(expr.object, frame)
  const path = machine.refined.size > 0 ? accessPath(expr) : null
  if (path !== null && machine.refined.has(path)) {
    const refinedValue = frame.scope.find(path)
    if (refinedValue !== undefined) return refinedValue
  }
  return machine.member(value, expr.name, frame, expr.at)
}

function index(machine: Machine, expr: Expr & { kind: 'index' }, frame: Frame): Value {
  const object = machine.expr(expr.object, frame)
  const key = machine.expr(expr.index, frame)
  if (typeof key.constant === 'string') return machine.member(object, key.constant, frame, expr.at)
  if (typeof key.constant === 'number') return machine.member(object, String(key.constant), frame, expr.at)
  const random = key.taint.filter((one) => one.source.category === 'random')
  if (random.length > 0) return join(elements(object), onlyTaint(random))
  return { ...elements(object), refs: object.refs.map((ref) => memberRef(ref, '[]')) }
}

function concat(machine: Machine, expr: Expr & { kind: 'concat' }, frame: Frame): Value {
  const values = expr.parts.map((part) => asText(machine, machine.expr(part, frame), frame))
  const [template] = values
  // Safe markup escapes what is formatted into it.
  if (template?.refs.some((ref) => /(?:^|\.)Markup\(\)$/.test(ref)) === true)
    return onlyTaint(cleared(joinAll(values.slice(1)).taint, bits(['xss'])))
  // Lists are put together with the same sign in Python.
  if (
    values.some((value) => value.heap.some((heap) => heap.isList)) &&
    values.every((value) => value.text === null)
  ) {
    const heap = newHeap(true)
    heap.rest = joinAll(values.map(elements))
    return ofHeap(heap)
  }
  const joined = joinTexts(values)
  return withTaint(joined, stepped(joined.taint, frame.file, expr.at, 'put into a text'))
}

/** What a value is in a text: in JavaScript an error reads as its message, without its stack. */
function asText(machine: Machine, value: Value, frame: Frame): Value {
  if (!value.refs.includes('error') || machine.program.files.get(frame.file)?.language === 'python')
    return value
  return withTaint(
    value,
    value.taint.filter((one) => one.source.category !== 'error'),
  )
}

function object(machine: Machine, entries: readonly Entry[], frame: Frame): Value {
  const heap = newHeap()
  for (const entry of entries) {
    const named = entry.key ?? null
    if (named !== null) frame.context.push(named)
    const value = machine.expr(entry.value, frame)
    if (named !== null) frame.context.pop()
    if (entry.spread === true) {
      for (const other of value.heap) {
        for (const [key, inner] of other.fields) heap.fields.set(key, inner)
        if (other.rest !== null) heap.rest = join(heap.rest ?? unknown, other.rest)
      }
      if (value.taint.length > 0) heap.rest = join(heap.rest ?? unknown, onlyTaint(value.taint))
    } else if (named !== null) {
      // What `$eq` compares with is no operator, whatever it is.
      heap.fields.set(
        named,
        named === '$eq'
          ? withTaint({ ...value, heap: [] }, cleared(deepTaint(value), bits(['nosql'])))
          : value,
      )
      checkProperty(machine, named, value, entry, frame)
    } else {
      if (entry.keyExpr !== undefined) {
        const key = machine.expr(entry.keyExpr, frame)
        if (typeof key.constant === 'string') {
          heap.fields.set(key.constant, value)
          continue
        }
      }
      heap.rest = join(heap.rest ?? unknown, value)
    }
  }
  return ofHeap(heap)
}

function logic(machine: Machine, expr: Expr & { kind: 'logic' }, frame: Frame): Value {
  const left = machine.expr(expr.left, frame)
  const mark = machine.trail.mark()
  refine(machine, expr.left, expr.op === 'and', frame)
  const developing = expr.op === 'and' && asksForDevelopment(expr.left)
  if (developing) machine.developing++
  const right = machine.expr(expr.right, frame)
  if (developing) machine.developing--
  machine.trail.rewind(mark)
  if (expr.op === 'and')
    return right.taint.length === 0 && left.heap.length === 0 && left.fns.length === 0
      ? { ...right, taint: [] }
      : join(right, { ...left, taint: [], text: null })
  return join(left, right)
}

function arithmetic(machine: Machine, expr: Expr & { kind: 'arithmetic' }, frame: Frame): Value {
  const left = machine.expr(expr.left, frame)
  const right = machine.expr(expr.right, frame)
  if (expr.op === '/' && machine.program.files.get(frame.file)?.language === 'python') {
    const taint = joinTaints(left.taint, marked(right.taint, marks.embedded | marks.text))
    return { ...unknown, taint, refs: left.refs.length > 0 ? ['pathlib.Path()'] : [] }
  }
  if (expr.op === '|') return onlyTaint(joinTaints(left.taint, right.taint))
  return onlyTaint(
    joinTaints(left.taint, right.taint)
      .filter((one) => one.source.category === 'random')
      .concat(
        cleared(
          joinTaints(left.taint, right.taint).filter((one) => one.source.category !== 'random'),
          everything,
        ),
      ),
  )
}

function choice(machine: Machine, expr: Expr & { kind: 'choice' }, frame: Frame): Value {
  machine.expr(expr.test, frame)
  const mark = machine.trail.mark()
  refine(machine, expr.test, true, frame)
  const developing = asksForDevelopment(expr.test)
  if (developing) machine.developing++
  const then = machine.expr(expr.consequent, frame)
  machine.trail.rewind(mark)
  refine(machine, expr.test, false, frame)
  const otherwise = machine.expr(expr.otherwise, frame)
  if (developing) machine.developing--
  machine.trail.rewind(mark)
  return join(then, otherwise)
}
