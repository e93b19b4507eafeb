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
  const heap = newHeap(true)
  heap.rest = machine.expr(expr.item, inner)
  machine.trail.rewind(mark)
  return ofHeap(heap.rest === unknown ? newHeap(true) : heap)
}
