import type { Cls, Expr, Fn, Stmt } from '../ir/ir.ts'
import { hardcodedSecret } from '../models/secret-names.ts'
import { bind } from './bind.ts'
import { errorValue } from './error-value.ts'
import { refine, refineAfterCall } from './guards.ts'
import { asksForDevelopment, writtenName, type Frame, type Machine } from './machine.ts'
import { checkReturn } from './place-sinks.ts'
import { memberRef } from './refs.ts'
import { elements } from './texts.ts'
import {
  join,
  newHeap,
  onlyTaint,
  unknown,
  type ClassValue,
  type Closure,
  type Value,
  type Scope,
} from './value.ts'

/** A closure as a value; in a class it knows its instance. */
function closureOf(fn: Fn, frame: Frame): Closure {
  return { fn, scope: frame.scope, file: frame.file, self: null, cls: null }
}

/** Makes the value of a class. */
function classOf(machine: Machine, cls: Cls, frame: Frame): Value {
  const statics = newHeap()
  const bases = cls.bases.map((base) => machine.expr(base, frame))
  const value: ClassValue = {
    cls,
    scope: frame.scope,
    file: frame.file,
    outside: bases.flatMap((base) => base.refs),
    bases: bases.flatMap((base) => base.classes),
    statics,
    instance: null,
  }
  for (const method of cls.methods)
    machine.register({ fn: method, scope: frame.scope, file: frame.file, self: null, cls: value })
  for (const method of cls.methods)
    statics.fields.set(method.name, {
      ...unknown,
      fns: [{ fn: method, scope: frame.scope, file: frame.file, self: null, cls: value }],
    })
  const out: Value = { ...unknown, classes: [value] }
  if (cls.name !== '') machine.trail.set(frame.scope, cls.name, out)
  for (const { name, value: given, at } of cls.fields)
    if (given?.kind === 'literal' && typeof given.value === 'string' && hardcodedSecret(name, given.value))
      machine.report({ rule: 'hardcoded-secret', file: frame.file, at, taint: null, sink: name })
  for (const field of cls.fields) {
    if (!field.isStatic || field.value === null) continue
    frame.context.push(field.name)
    statics.fields.set(field.name, machine.expr(field.value, frame))
    frame.context.pop()
  }
  return out
}

/** Declares functions and classes before the statements run. */
function hoist(machine: Machine, stmts: readonly Stmt[], frame: Frame): void {
  for (const stmt of stmts) {
    if (stmt.kind !== 'function') continue
    const closure = closureOf(stmt.fn, frame)
    machine.register(closure)
    machine.trail.set(frame.scope, stmt.fn.name, { ...unknown, fns: [closure] })
  }
}

/** Runs statements; true where their end is never reached. */
export function run(machine: Machine, stmts: readonly Stmt[], frame: Frame): boolean {
  hoist(machine, stmts, frame)
  for (const stmt of stmts) if (step(machine, stmt, frame)) return true
  return false
}

type After = Map<Scope, Map<string, Value | undefined>>

/** Joins what two branches made of the variables; a branch that does not end up here is left out. */
function merge(machine: Machine, branches: readonly { after: After; ended: boolean }[]): void {
  const live = branches.filter((branch) => !branch.ended)
  const changed = new Map<Scope, Set<string>>()
  for (const { after } of live)
    for (const [scope, names] of after) {
      const set = changed.get(scope) ?? new Set<string>()
      for (const name of names.keys()) set.add(name)
      changed.set(scope, set)
    }
  for (const [scope, names] of changed)
    for (const name of names) {
      let value: Value | null = null
      for (const { after } of live) {
        const mine = after.get(scope)
        const one = mine?.has(name) === true ? mine.get(name) : scope.find(name)
        if (one !== undefined) value = value === null ? one : join(value, one)
        // A field that only one branch speaks about is what it was in the other.
        else if (name.includes('.')) value = null
      }
      if (name.includes('.') && !live.every(({ after }) => after.get(scope)?.has(name) === true)) continue
      if (value !== null) machine.trail.set(scope, name, value)
    }
}

function branch(
  machine: Machine,
  stmts: readonly Stmt[],
  frame: Frame,
  test: Expr | null,
  polarity: boolean,
): { after: After; ended: boolean } {
  const mark = machine.trail.mark()
  if (test !== null) refine(machine, test, polarity, frame)
  const ended = run(machine, stmts, frame)
  return { after: machine.trail.rewind(mark), ended }
}

function step(machine: Machine, stmt: Stmt, frame: Frame): boolean {
  switch (stmt.kind) {
    case 'expr': {
      machine.expr(stmt.value, frame)
      const call = stmt.value.kind === 'await' ? stmt.value.value : stmt.value
      if (call.kind === 'call') {
        refineAfterCall(machine, call, frame)
        // These of Next throw.
        if (
          /(?:^|\.)(?:redirect|permanentRedirect|notFound|forbidden|unauthorized)$/.test(
            writtenName(call.callee) ?? '',
          ) &&
          machine.expr(call.callee, frame).refs.some((ref) => ref.startsWith('next/navigation.'))
        )
          return true
        return (
          (call.callee.kind === 'member' &&
            call.callee.object.kind === 'name' &&
            call.callee.object.name === 'process' &&
            call.callee.name === 'exit') ||
          (call.callee.kind === 'name' && call.callee.name === 'abort')
        )
      }
      return false
    }
    case 'bind': {
      if (stmt.value === null) {
        if (stmt.target.kind === 'name') bind(machine, stmt.target, unknown, frame, null, true)
        return false
      }
      const named =
        stmt.target.kind === 'name'
          ? stmt.target.name
          : stmt.target.kind === 'place' && stmt.target.place.kind === 'member'
            ? stmt.target.place.name
            : null
      if (named !== null) frame.context.push(named)
      const value = machine.expr(stmt.value, frame)
      bind(machine, stmt.target, value, frame, stmt.value, true)
      const call = stmt.value.kind === 'await' ? stmt.value.value : stmt.value
      if (call.kind === 'call') refineAfterCall(machine, call, frame)
      if (named !== null) frame.context.pop()
      return false
    }
    case 'return': {
      const value = stmt.value === null ? unknown : machine.expr(stmt.value, frame)
      frame.result = join(frame.result, value)
      checkReturn(machine, value, frame, stmt.at)
      return true
    }
    case 'throw':
      if (stmt.value !== null) machine.expr(stmt.value, frame)
      return true
    case 'jump':
      return true
    case 'if': {
      machine.expr(stmt.test, frame)
      const developing = asksForDevelopment(stmt.test)
      if (developing) machine.developing++
      const then = branch(machine, stmt.consequent, frame, stmt.test, true)
      const otherwise = branch(machine, stmt.otherwise, frame, stmt.test, false)
      if (developing) machine.developing--
      merge(machine, [then, otherwise])
      return then.ended && otherwise.ended
    }
    case 'loop':
      loop(machine, stmt, frame)
      return false
    case 'switch': {
      machine.expr(stmt.value, frame)
      const branches = stmt.cases.map(({ test, body }) =>
        branch(
          machine,
          body.filter((one) => one.kind !== 'jump'),
          frame,
          test === null ? null : { kind: 'compare', op: '==', left: stmt.value, right: test, at: stmt.at },
          true,
        ),
      )
      if (!stmt.cases.some(({ test }) => test === null)) branches.push({ after: new Map(), ended: false })
      merge(machine, branches)
      return false
    }
    case 'try': {
      const body = branch(machine, stmt.body, frame, null, true)
      merge(machine, [{ ...body, ended: false }])
      const mark = machine.trail.mark()
      if (stmt.param !== null)
        bind(machine, stmt.param, errorValue(machine, frame.file, stmt.param.at), frame, null, true)
      const handlerEnded = run(machine, stmt.handler, frame)
      const after = machine.trail.rewind(mark)
      if (!handlerEnded)
        merge(machine, [
          { after, ended: false },
          { after: new Map(), ended: body.ended },
        ])
      const endedAfter = run(machine, stmt.otherwise, frame)
      return endedAfter || (body.ended && handlerEnded && stmt.handler.length > 0)
    }
    case 'block':
      return run(machine, stmt.body, frame)
    case 'function': {
      for (const decorator of stmt.fn.decorators) {
        machine.expr(decorator, frame)
        const name = writtenName(decorator.kind === 'call' ? decorator.callee : decorator)
        if (name !== null && /(?:^|\.)(?:csrf_exempt|csrf\.exempt)$/.test(name))
          machine.report({
            rule: 'csrf-disabled',
            file: frame.file,
            at: decorator.at,
            taint: null,
            sink: name,
          })
      }
      machine.trail.set(frame.scope, stmt.fn.name, { ...unknown, fns: [closureOf(stmt.fn, frame)] })
      return false
    }
    case 'class':
      classOf(machine, stmt.cls, frame)
      return false
    case 'import':
      importNames(machine, stmt, frame)
      return false
    case 'export':
      exportNames(machine, stmt, frame)
      return false
  }
}

function loop(machine: Machine, stmt: Stmt & { kind: 'loop' }, frame: Frame): void {
  const list = stmt.over === null ? unknown : machine.expr(stmt.over, frame)
  const once = () => {
    const mark = machine.trail.mark()
    if (stmt.test !== null) {
      machine.expr(stmt.test, frame)
      refine(machine, stmt.test, true, frame)
    }
    // Keys of an object from outside are chosen outside.
    const value = stmt.keys ? onlyTaint(list.taint) : elements(list)
    if (stmt.target !== null)
      bind(
        machine,
        stmt.target,
        { ...value, refs: list.refs.map((ref) => memberRef(ref, '[]')) },
        frame,
        null,
        true,
      )
    run(machine, stmt.body, frame)
    const after = machine.trail.rewind(mark)
    merge(machine, [
      { after, ended: false },
      { after: new Map(), ended: false },
    ])
    return after
  }
  const writes = machine.writes
  const after = once()
  // Another round sees more only where this one has put something where its beginning looks.
  if (machine.budget > 0 && (machine.writes !== writes || carries(after))) once()
}

/** Whether variables that were there before got something that matters. */
const carries = (after: After): boolean =>
  [...after].some(([scope, names]) =>
    [...names].some(
      ([name, value]) =>
        value !== undefined &&
        scope.variables.has(name) &&
        (value.taint.length > 0 || value.heap.length > 0 || value.fns.length > 0),
    ),
  )

function importNames(machine: Machine, stmt: Stmt & { kind: 'import' }, frame: Frame): void {
  const module = machine.require(stmt.module, frame.file)
  for (const { name, as } of stmt.names) {
    if (name === '**') {
      for (const heap of module.heap)
        for (const [key, value] of heap.fields) machine.trail.set(frame.scope, key, value)
      continue
    }
    if (name === '*' || name === '=') machine.trail.set(frame.scope, as, module)
    else if (name === 'default' && module.refs.length > 0) machine.trail.set(frame.scope, as, module)
    else {
      let value = machine.member(module, name, frame, stmt.at)
      if (name === 'default' && module.heap.length > 0 && value === unknown) value = module
      // `from package import module`
      if (module.refs.length === 0 && value === unknown) {
        const inner = machine.require(
          stmt.module.endsWith('.') ? `${stmt.module}${name}` : `${stmt.module}.${name}`,
          frame.file,
        )
        if (inner.heap.length > 0) value = inner
      }
      machine.trail.set(frame.scope, as, value)
    }
  }
}

function exportNames(machine: Machine, stmt: Stmt & { kind: 'export' }, frame: Frame): void {
  const own = frame.scope.find('module')
  const target = own === undefined ? unknown : machine.member(own, 'exports', frame, stmt.at)
  const source = stmt.from === null ? null : machine.require(stmt.from, frame.file)
  for (const { name, as, value } of stmt.names) {
    if (source !== null && as === '*') {
      for (const heap of source.heap)
        for (const [key, inner] of heap.fields) machine.write(target.heap, key, inner)
      continue
    }
    const given =
      value !== undefined
        ? machine.expr(value, frame)
        : source !== null
          ? name === '*'
            ? source
            : machine.member(source, name, frame, stmt.at)
          : (frame.scope.find(name) ?? unknown)
    if (as === '=' && own !== undefined) machine.write(own.heap, 'exports', given)
    else machine.write(target.heap, as, given)
  }
}
