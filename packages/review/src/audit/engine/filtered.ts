import type { Pattern } from '../ir/ir.ts'
import { bind } from './bind.ts'
import { refine } from './guards.ts'
import type { Frame, Machine } from './machine.ts'
import { newHeap, ofHeap, Scope, type Closure, type Value } from './value.ts'

/** What `list.filter(test)` gives: elements for which the test held, with all that it proves of them. */
export function filtered(
  machine: Machine,
  list: Value,
  element: Value,
  tests: readonly Closure[],
  frame: Frame,
): Value {
  const [test] = tests
  const [param] = test?.fn.params ?? []
  const [only, more] = test?.fn.body ?? []
  if (test === undefined || param === undefined || more !== undefined) return list
  if (only?.kind !== 'return' || only.value === null) return list
  const inner: Frame = { ...frame, fn: test.fn, file: test.file, scope: new Scope(test.scope) }
  const mark = machine.trail.mark()
  bind(machine, param.target, element, inner, null, true)
  refine(machine, only.value, true, inner)
  const kept = valueOf(machine, param.target, element, inner)
  machine.trail.rewind(mark)
  if (kept === null) return list
  const heap = newHeap(true)
  heap.rest = kept
  return ofHeap(heap)
}

/** What the names of a pattern hold, put together again. */
function valueOf(machine: Machine, pattern: Pattern, element: Value, frame: Frame): Value | null {
  if (pattern.kind === 'name')
    return machine.expr({ kind: 'name', name: pattern.name, at: pattern.at }, frame)
  if (pattern.kind !== 'items') return null
  const pair = newHeap(true)
  for (const [index, item] of pattern.items.entries()) {
    const value = item === null ? null : valueOf(machine, item, element, frame)
    pair.fields.set(String(index), value ?? machine.member(element, String(index), frame, pattern.at))
  }
  pair.rest = machine.member(element, String(pattern.items.length), frame, pattern.at)
  return ofHeap(pair)
}
