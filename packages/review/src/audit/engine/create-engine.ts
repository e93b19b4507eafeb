import type { Fn, Param } from '../ir/ir.ts'
import { bits, everything } from '../models/kinds.ts'
import { loadModels } from '../models/models.ts'
import { routeDecorator } from '../models/roles.ts'
import { bind } from './bind.ts'
import { createBudgets, entryBudget } from './budgets.ts'
import { evaluate } from './expressions.ts'
import { writtenName, type ArgValue, type Frame, type Hit, type Machine, stepped } from './machine.ts'
import { compareSinks } from './compare-sinks.ts'
import { checkRecordQuery } from './ownership.ts'
import { entryValue } from './entry-value.ts'
import { canonical, isDjangoView, isView } from './entries.ts'
import type { Program } from './program.ts'
import { elements } from './texts.ts'
import { Trail } from './trail.ts'
import { methodOf } from './method-of.ts'
import { memberRef } from './refs.ts'
import { run } from './statements.ts'
import { checkComponent } from './template-sinks.ts'
import { digest } from './digest.ts'
import {
  cleared,
  join,
  joinAll,
  newHeap,
  ofHeap,
  ofRef,
  onlyTaint,
  unknown,
  withTaint,
  type ClassValue,
  type Closure,
  type Heap,
  type Value,
  Scope,
} from './value.ts'

const maxDepth = 9

/** Requests that stand in something else. */
const sameAs = new Map([
  ['py.context.request', 'py.request'],
  ['web.req.request', 'web.req'],
])

/** Follows untrusted values through a program, from everywhere that a stranger or an unseen caller may enter. */
export function findHits(program: Program): { hits: Hit[]; shortened: string[] } {
  const models = loadModels()
  const hits: Hit[] = []
  const modules = new Map<string, Value>()
  const moduleScopes = new Map<string, Scope>()
  const closures = new Map<Fn, Closure>()
  const called = new Set<Fn>()
  const memo = new Map<Fn, Map<string, Value>>()
  const stack: Fn[] = []
  const frames: { fn: Fn; file: string }[] = []
  const seen = new Set<string>()
  const budgets = createBudgets()

  const frameOf = (file: string, scope: Scope, fn: Fn | null, depth: number): Frame => ({
    scope,
    fn,
    file,
    result: unknown,
    self: null,
    cls: null,
    depth,
    context: [],
    derived: new Map(),
    plainResponse: false,
  })

  const machine: Machine = {
    program,
    models,
    trail: new Trail(),
    refined: new Set(),
    stack,
    frames,
    writes: 0,
    developing: 0,
    handlers: new Set(),
    listeners: new Map(),
    budget: entryBudget,
    expr(expr, frame) {
      machine.budget--
      if (expr.kind === 'function') {
        const value = evaluate(machine, expr, frame)
        const [closure] = value.fns
        if (closure !== undefined && !closures.has(expr.fn)) closures.set(expr.fn, closure)
        return value
      }
      if (expr.kind === 'compare') {
        compareSinks(machine, expr, frame)
        checkRecordQuery(machine, expr, frame)
      }
      return evaluate(machine, expr, frame)
    },
    block: (stmts, frame) => run(machine, stmts, frame),
    member(value, name, frame, at) {
      if (name === 'length') return unknown
      // Of an error only its stack says more than it should.
      const carried = value.refs.includes('error')
        ? value.taint.filter((one) => one.source.category !== 'error')
        : value.taint
      if (value.heap.some((heap) => heap.numbers?.has(name) === true))
        return onlyTaint(cleared(carried, everything & ~bits(['secret'])))
      let out: Value = carried.length === 0 ? unknown : onlyTaint(carried)
      for (const heap of value.heap) {
        const field = heap.fields.get(name)
        if (field !== undefined) out = join(out, field)
        else if (heap.rest !== null) out = join(out, heap.rest)
        if (field === undefined && heap.cls !== null) {
          out = join(out, methodOf(heap.cls, name, value))
          if (
            /^(?:request|kwargs|get_(?:query_|body_)?arguments?|get_json_body)$/.test(name) &&
            isView(heap.cls)
          ) {
            const ref = name === 'request' ? 'py.request' : `py.request.${name}`
            out = join(join(out, ofRef(ref)), models.sourceTaint(ref, frame.file, at) ?? unknown)
          }
        }
      }
      if (/^(?:name|stem|suffix)$/.test(name) && value.refs.includes('pathlib.Path()'))
        return onlyTaint(cleared(value.taint, bits(['path', 'archive'])))
      // Where an upload was put is chosen by the library that took it.
      if (
        /^(?:path|filename|destination)$/.test(name) &&
        value.refs.some((ref) => /^web\.req\.files?(?:\[\])?$/.test(ref))
      )
        return onlyTaint(cleared(value.taint, bits(['path', 'archive'])))
      for (const cls of value.classes) out = join(out, methodOf(cls, name, null))
      for (const ref of value.refs) {
        const full = ref === 'window' && name !== 'location' ? name : memberRef(ref, name)
        const source = models.sourceTaint(full, frame.file, at)
        if (source !== null && !(machine.developing > 0 && full.startsWith('error'))) out = join(out, source)
        out = join(out, ofRef(sameAs.get(full) ?? full))
      }
      return out
    },
    write(heaps, name, value) {
      machine.writes++
      for (const heap of heaps) {
        if (name === null) heap.rest = heap.rest === null ? value : join(heap.rest, value)
        else {
          const old = heap.fields.get(name)
          heap.fields.set(
            name,
            old === undefined || (heaps.length === 1 && old.taint.length > 0 && value.taint.length > 0)
              ? value
              : join(old, value),
          )
        }
      }
    },
    invoke(closure, args, frame, at, self = null) {
      const { fn } = closure
      // A function that only calls itself still has callers that we do not see.
      if (frame.file !== closure.file || at <= fn.at || at >= fn.end) called.add(fn)
      if (!closures.has(fn)) closures.set(fn, closure)
      const depth = stack.length
      if (depth >= maxDepth || machine.budget <= 0 || stack.filter((one) => one === fn).length > 1)
        return onlyTaint(joinAll(args.map((arg) => onlyTaint(arg.value.taint))).taint)
      const key = digest(
        args.map((arg) => arg.value),
        closure.self ?? self,
      )
      const known = memo.get(fn)?.get(key)
      if (known !== undefined) return known
      const before = machine.writes
      const inner = frameOf(closure.file, new Scope(closure.scope), fn, depth + 1)
      inner.self = closure.self ?? self
      inner.cls = closure.cls
      inner.plainResponse = frame.plainResponse && frame.file === closure.file
      stack.push(fn)
      frames.push({ fn, file: closure.file })
      bindParams(closure, args, inner, at, frame.file)
      run(machine, fn.body, inner)
      stack.pop()
      frames.pop()
      const result = withTaint(
        inner.result,
        stepped(inner.result.taint, frame.file, at, `returned by ${fn.name || 'a function'}`),
      )
      if (machine.writes === before && machine.budget > 0) {
        const table = memo.get(fn) ?? new Map<string, Value>()
        if (table.size < 64) table.set(key, result)
        memo.set(fn, table)
      }
      return result
    },
    instantiate(cls, args, frame, at) {
      const heap: Heap = { ...newHeap(), cls }
      const value = ofHeap(heap)
      construct(cls, args, frame, at, value, heap)
      return value
    },
    module(file) {
      const known = modules.get(file)
      if (known !== undefined) return known
      const source = program.files.get(file)
      if (source === undefined) return unknown
      const exported = ofHeap(newHeap())
      const scope = new Scope(null)
      moduleScopes.set(file, scope)
      const holder = newHeap()
      holder.fields.set('exports', exported)
      scope.variables.set('module', ofHeap(holder))
      scope.variables.set('exports', exported)
      modules.set(file, source.language === 'python' ? ofHeap(moduleHeap(scope)) : exported)
      const budget = machine.budget
      machine.budget = entryBudget
      const frame = frameOf(file, scope, null, 0)
      const held = stack.splice(0)
      const heldFrames = frames.splice(0)
      run(machine, source.body, frame)
      stack.push(...held)
      frames.push(...heldFrames)
      machine.budget = budget
      const python = source.language === 'python'
      const value = python ? ofHeap(moduleHeap(scope)) : (holder.fields.get('exports') ?? exported)
      modules.set(file, value)
      return value
    },
    require(specifier, from) {
      const file = program.resolve(specifier, from)
      if (file !== null) return machine.module(file)
      if (specifier.startsWith('.')) return unknown
      return ofRef(canonical(specifier))
    },
    register(closure) {
      if (!closures.has(closure.fn)) closures.set(closure.fn, closure)
    },
    report(hit) {
      const key = `${hit.rule}:${hit.file}:${hit.at}:${hit.taint?.source.category ?? ''}`
      if (seen.has(key)) return
      seen.add(key)
      hits.push(hit)
    },
  }

  function moduleHeap(scope: Scope): Heap {
    return { fields: scope.variables, rest: null, cls: null, isList: false }
  }

  function construct(
    cls: ClassValue,
    args: readonly ArgValue[],
    frame: Frame,
    at: number,
    self: Value,
    heap: Heap,
  ): void {
    for (const base of cls.bases) construct(base, args, frame, at, self, heap)
    const inner = frameOf(cls.file, new Scope(cls.scope), null, frame.depth + 1)
    inner.self = self
    for (const field of cls.cls.fields) {
      if (field.isStatic) continue
      inner.context.push(field.name)
      let value = field.value === null ? unknown : machine.expr(field.value, inner)
      inner.context.pop()
      if (field.value === null && field.type !== undefined) value = typed(field.type, inner, at)
      heap.fields.set(field.name, value)
    }
    const constructor = cls.cls.methods.find(
      (method) => method.name === 'constructor' || method.name === '__init__',
    )
    if (constructor === undefined) return
    for (const [index, param] of constructor.params.entries()) {
      if (param.field !== true || param.name === null) continue
      heap.fields.set(
        param.name,
        args[index]?.value ?? (param.type === undefined ? unknown : typed(param.type, inner, at)),
      )
    }
    machine.invoke({ fn: constructor, scope: cls.scope, file: cls.file, self, cls }, args, frame, at)
  }

  function typed(type: NonNullable<Param['type']>, frame: Frame, at: number): Value {
    if (type.kind === 'name' && frame.scope.find(type.name) === undefined) return unknown
    const value = machine.expr(type, frame)
    const [cls] = value.classes
    if (cls !== undefined) {
      if (stack.length > maxDepth || machine.budget <= 0) return unknown
      if (cls.instance === null) {
        const heap: Heap = { ...newHeap(), cls }
        cls.instance = ofHeap(heap)
        construct(cls, [], frame, at, cls.instance, heap)
      }
      return cls.instance
    }
    return value.refs.length > 0 ? { ...unknown, refs: value.refs.map((ref) => `${ref}()`) } : unknown
  }

  function bindParams(
    closure: Closure,
    given: readonly ArgValue[],
    frame: Frame,
    at: number,
    from: string,
  ): void {
    const { fn } = closure
    const python = program.files.get(closure.file)?.language === 'python'
    const method = python && closure.cls !== null && !fn.isStatic && fn.params.length > 0
    const params = method ? fn.params.slice(1) : fn.params
    if (method) {
      const [self] = fn.params
      if (self !== undefined)
        bind(
          machine,
          self.target,
          frame.self ?? { ...unknown, classes: closure.cls === null ? [] : [closure.cls] },
          frame,
          null,
          true,
        )
    }
    const positional = given.filter((arg) => arg.name === undefined)
    const spread = given.find((arg) => arg.spread === true)
    for (const [index, param] of params.entries()) {
      const named = given.find((arg) => arg.name !== undefined && arg.name === param.name)
      let value: Value
      if (param.rest === true) {
        const heap = newHeap(true)
        for (const arg of positional.slice(index)) heap.rest = join(heap.rest ?? unknown, arg.value)
        value = ofHeap(heap)
      } else if (param.keywords === true) {
        const heap = newHeap()
        for (const arg of given)
          if (arg.name === '**') heap.rest = join(heap.rest ?? unknown, elements(arg.value))
          else if (arg.name !== undefined) heap.fields.set(arg.name, arg.value)
        value = ofHeap(heap)
      } else {
        const arg = named ?? positional[index]
        value =
          arg === undefined || arg.spread === true
            ? spread === undefined
              ? unknown
              : machine.member(spread.value, String(index), frame, at)
            : arg.value
        if (arg === undefined && spread === undefined) {
          if (param.fallback !== undefined) value = machine.expr(param.fallback, frame)
          else if (param.type !== undefined) value = typed(param.type, frame, at)
        } else if (
          param.type !== undefined &&
          value.heap.length === 0 &&
          value.refs.length === 0 &&
          value.taint.length === 0
        )
          value = join(value, typed(param.type, frame, at))
      }
      if (value.taint.length > 0)
        value = withTaint(value, stepped(value.taint, from, at, `passed to ${fn.name || 'a function'}`))
      bind(machine, param.target, value, frame, null, true)
    }
  }

  function enter(closure: Closure, owner: Value | null): void {
    const { fn } = closure
    machine.trail.clear()
    machine.refined.clear()
    stack.length = 0
    frames.length = 0
    const python = program.files.get(closure.file)?.language === 'python'
    const route =
      python &&
      (fn.decorators.some((decorator) =>
        routeDecorator.test(
          (decorator.kind === 'call' ? writtenName(decorator.callee) : writtenName(decorator)) ?? '',
        ),
      ) ||
        isDjangoView(closure, moduleScopes.get(closure.file) ?? null))
    const action =
      !python &&
      /^\s*(?:\/\/[^\n]*\n\s*)*['"]use server['"]/.test(program.files.get(closure.file)?.text ?? '')
    const params = python && closure.cls !== null && !fn.isStatic ? fn.params.slice(1) : fn.params
    const httpVerb = /^(?:GET|POST|PUT|PATCH|DELETE|HEAD)$/.test(fn.name)
    const args = params.map((param, index): ArgValue => ({
      value: httpVerb
        ? index === 0
          ? ofRef('web.req')
          : ofRef('web.ctx')
        : param.rest === true || (param.keywords === true && !route)
          ? unknown
          : entryValue(machine, closure, param, route || (action && closure.cls === null), (type) =>
              typed(type, frameOf(closure.file, new Scope(closure.scope), null, 0), 0),
            ),
      expr: null,
      ...(python && param.name !== null ? { name: param.keywords === true ? '**' : param.name } : {}),
    }))
    const strangers = args.some(
      ({ value }) => value.refs.length > 0 || value.taint.some((one) => one.source.category !== 'param'),
    )
    const budget = budgets.grant(closure.file, strangers)
    if (budget === null) return
    machine.budget = budget
    const alreadyCalled = called.has(fn)
    machine.invoke(closure, args, frameOf(closure.file, closure.scope, null, 0), fn.at, owner)
    if (!alreadyCalled) called.delete(fn)
    budgets.spend(closure.file, budget - machine.budget)
  }

  for (const file of program.files.keys()) machine.module(file)
  machine.trail.clear()
  const entered = new Set<Fn>()
  enterAll()
  for (const template of program.templates) {
    const scope = moduleScopes.get(template.path)
    if (scope !== undefined) checkComponent(machine, template, scope)
  }

  function enterAll(): void {
    for (const file of program.files.keys()) collect(file)
    for (let round = 0; round < 3; round++)
      for (const [fn, closure] of closures) {
        if (entered.has(fn)) continue
        entered.add(fn)
        const owner =
          closure.cls === null
            ? null
            : typed(
                { kind: 'name', name: closure.cls.cls.name, at: 0 },
                { ...frameOf(closure.file, closure.cls.scope, null, 0) },
                0,
              )
        enter(closure, owner === unknown ? null : owner)
      }
  }

  /** Functions and methods that no module hands out are entered too. */
  function collect(file: string): void {
    const scope = moduleScopes.get(file)
    if (scope === undefined) return
    for (const value of scope.variables.values()) {
      for (const closure of value.fns) if (!closures.has(closure.fn)) closures.set(closure.fn, closure)
      for (const cls of value.classes)
        for (const method of cls.cls.methods)
          if (!closures.has(method))
            closures.set(method, { fn: method, scope: cls.scope, file: cls.file, self: null, cls })
    }
  }

  return {
    hits: hits.filter(
      (hit) =>
        hit.taint === null ||
        hit.taint.source.category !== 'param' ||
        hit.taint.source.fn === undefined ||
        !called.has(hit.taint.source.fn),
    ),
    shortened: budgets.shortened(),
  }
}
