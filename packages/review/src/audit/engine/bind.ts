import type { Expr, Pattern } from '../ir/ir.ts'
import { accessPath, stepped, writtenName, type Frame, type Machine } from './machine.ts'
import { checkAssignment } from './place-sinks.ts'
import { join, newHeap, ofHeap, onlyTaint, unknown, withTaint, type Value } from './value.ts'

/** Functions whose result says about their arguments what is said about it. */
const keeps =
  /(?:^|\.)(?:URL|parse|urlparse|urlsplit|resolve|normalize|normpath|join|realpath|realpathSync|abspath|relative|relpath|basename|String|str|trim|toLowerCase|toString|lower|strip|exec|match|fullmatch|Path|PurePath|safe_join|decodeURIComponent|unquote|new_url|lookup|parse_url|ip_address|with_name|joinpath|hostname|replace|format)$/

function madeFrom(expr: Expr | null, out: string[], depth: number): void {
  if (expr === null || depth === 0) return
  const path = accessPath(expr)
  if (path !== null) out.push(path)
  else if (expr.kind === 'call') {
    const callee = writtenName(expr.callee)
    if (callee === null || !keeps.test(callee)) return
    for (const arg of expr.args) madeFrom(arg.value, out, depth - 1)
    if (expr.callee.kind === 'member') madeFrom(expr.callee.object, out, depth - 1)
  } else if (expr.kind === 'await') madeFrom(expr.value, out, depth)
  else if (expr.kind === 'member') madeFrom(expr.object, out, depth - 1)
  else if (expr.kind === 'concat') for (const part of expr.parts) madeFrom(part, out, depth - 1)
  else if (expr.kind === 'arithmetic' && expr.op === '/') {
    madeFrom(expr.left, out, depth - 1)
    madeFrom(expr.right, out, depth - 1)
  }
}

/** Puts a value where a pattern says. `declares`: names are new in this scope. */
export function bind(
  machine: Machine,
  pattern: Pattern,
  value: Value,
  frame: Frame,
  from: Expr | null,
  declares: boolean,
): void {
  switch (pattern.kind) {
    case 'name': {
      const python = machine.program.files.get(frame.file)?.language === 'python'
      const scope = declares || python ? frame.scope : (frame.scope.owner(pattern.name) ?? frame.scope)
      const stepedValue =
        value.taint.length === 0
          ? value
          : withTaint(value, stepped(value.taint, frame.file, pattern.at, `assigned to ${pattern.name}`))
      machine.trail.set(scope, pattern.name, typed(machine, pattern, stepedValue, frame))
      const paths: string[] = []
      madeFrom(from, paths, 4)
      if (paths.length > 0) frame.derived.set(pattern.name, paths)
      checkAssignment(machine, pattern.name, value, frame, pattern.at, from)
      return
    }
    case 'default': {
      const fallback = machine.expr(pattern.fallback, frame)
      bind(machine, pattern.target, join(value, fallback), frame, from, declares)
      return
    }
    case 'fields': {
      for (const { key, target } of pattern.fields) {
        const inner = key === null ? onlyTaint(value.taint) : machine.member(value, key, frame, target.at)
        bind(machine, target, inner, frame, null, declares)
        if (target.kind === 'name' && from !== null && key !== null) {
          const path = accessPath(from)
          const paths: string[] = []
          if (path === null) madeFrom(from, paths, 4)
          frame.derived.set(target.name, path === null ? paths : [`${path}.${key}`])
        }
      }
      if (pattern.rest !== undefined) bind(machine, pattern.rest, value, frame, null, declares)
      return
    }
    case 'items': {
      for (const [index, item] of pattern.items.entries())
        if (item !== null)
          bind(machine, item, machine.member(value, String(index), frame, item.at), frame, null, declares)
      if (pattern.rest !== undefined) {
        const heap = newHeap(true)
        heap.rest = onlyTaint(value.taint)
        for (const one of value.heap)
          for (const inner of one.fields.values()) heap.rest = join(heap.rest, inner)
        bind(machine, pattern.rest, ofHeap(heap), frame, null, declares)
      }
      return
    }
    case 'place': {
      const { place } = pattern
      if (place.kind === 'member') {
        const object = machine.expr(place.object, frame)
        machine.write(object.heap, place.name, value)
        for (const cls of object.classes) machine.write([cls.statics], place.name, value)
        const path = accessPath(place)
        if (path !== null && machine.refined.has(path)) machine.trail.set(frame.scope, path, value)
        checkAssignment(machine, place.name, value, frame, place.at, from, object, place)
      } else if (place.kind === 'index') {
        const object = machine.expr(place.object, frame)
        const key = machine.expr(place.index, frame)
        machine.write(object.heap, typeof key.constant === 'string' ? key.constant : null, value)
        checkAssignment(machine, null, value, frame, place.at, from, object, place, key)
      } else machine.expr(place, frame)
    }
  }
}

/** A declared type that is one of our classes, or one from outside, says what the value is. */
function typed(machine: Machine, pattern: Pattern & { kind: 'name' }, value: Value, frame: Frame): Value {
  if (pattern.type === undefined || value.heap.length > 0 || value.refs.length > 0) return value
  if (pattern.type.kind !== 'name' || frame.scope.find(pattern.type.name) === undefined) return value
  const type = machine.expr(pattern.type, frame)
  const [cls] = type.classes
  if (cls !== undefined && value === unknown) return machine.instantiate(cls, [], frame, pattern.at)
  return type.refs.length > 0 ? { ...value, refs: type.refs.map((ref) => `${ref}()`) } : value
}
