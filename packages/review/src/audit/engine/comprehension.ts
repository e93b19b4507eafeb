import type { Expr } from '../ir/ir.ts'
import { bind } from './bind.ts'
import { refine } from './guards.ts'
import type { Frame, Machine } from './machine.ts'
import { join, newHeap, ofHeap, onlyTaint, unknown, type Value, Scope } from './value.ts'

/** The list that a comprehension makes. */
export function evaluateComprehension(
  machine: Machine,
  expr: Expr & { kind: 'comprehension' },
  frame: Frame,
): Value {
  const inner: Frame = { ...frame, scope: new Scope(frame.scope) }
  for (const { target, over } of expr.loops) {
    const list = machine.expr(over, inner)
    let element: Value = onlyTaint(list.taint)
    for (const heap of list.heap) {
      // Walking over a dictionary gives its keys.
      if (!heap.isList) continue
      for (const value of heap.fields.values()) element = join(element, value)
      if (heap.rest !== null) element = join(element, heap.rest)
    }
    bind(machine, target, element, inner, null, true)
  }
  const mark = machine.trail.mark()
  for (const test of expr.tests) {
    machine.expr(test, inner)
    refine(machine, test, true, inner)
  }
  if (expr.item.kind === 'sequence') {
    const [key, value] = expr.item.items.map((item) => machine.expr(item, inner))
    machine.trail.rewind(mark)
    const dictionary = newHeap()
    const names = fixedKeys(machine, expr, inner)
    if (names === null) dictionary.rest = value ?? unknown
    for (const name of names ?? []) dictionary.fields.set(name, value ?? unknown)
    return { ...ofHeap(dictionary), taint: key?.taint ?? [] }
  }
  const heap = newHeap(true)
  heap.rest = machine.expr(expr.item, inner)
  machine.trail.rewind(mark)
  return ofHeap(heap.rest === unknown ? newHeap(true) : heap)
}

/** The keys of a dictionary that is made for each text of a list that the program names; null where they are others. */
function fixedKeys(machine: Machine, expr: Expr & { kind: 'comprehension' }, frame: Frame): string[] | null {
  const [loop, more] = expr.loops
  const key = expr.item.kind === 'sequence' ? expr.item.items[0] : undefined
  if (loop?.target.kind !== 'name' || more !== undefined) return null
  if (key?.kind !== 'name' || key.name !== loop.target.name) return null
  const names: string[] = []
  for (const heap of machine.expr(loop.over, frame).heap) {
    if (heap.rest !== null) return null
    for (const { constant } of heap.fields.values()) {
      if (typeof constant !== 'string') return null
      names.push(constant)
    }
  }
  return names.length === 0 ? null : names
}
