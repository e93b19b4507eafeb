import type { Expr, Fn, Stmt } from '../ir/ir.ts'
import { bits, everything, injections } from '../models/kinds.ts'
import { ends, factsOfCallback, hostOf, pathsIn, throws, type Fact } from './guard-shapes.ts'
import { isSafePattern } from '../regex/is-safe-pattern.ts'
import { bodyText } from './ownership.ts'
import { accessPath, writtenName, type Frame, type Machine } from './machine.ts'
import { cleared, marks, unknown, withTaint } from './value.ts'

const places = bits(['ssrf', 'redirect'])
/** Functions that throw where an address is not one of those that may be asked. */
const checksPlace =
  /^_?(?:assert|ensure|check|validate|verify|require|guard|reject)_?(?:is_?)?\w*(?:url|uri|host|public|address|origin|domain|target|redirect|ssrf)/i
const partOfUrl = /\.(?:protocol|scheme|port|pathname|path|search|query|hash)$/
const validName =
  /(?:^|[._])(?:is_?)?_?(?:valid|safe|allowed|trusted|permitted|whitelisted|allow_?listed|sane)|(?:valid|safe|allowed|trusted)$|Allowed|Trusted|^has_allowed|url_has_allowed|is_?numeric/i
const digits =
  /\.(?:isdigit|isnumeric|isdecimal|isalnum|isalpha|isidentifier)$|(?:^|\.)(?:isInteger|isSafeInteger|isFinite)$|(?:^|\.)isIP(?:v4|v6)?$|^validator\.is(?!Empty|Length|URL|JSON|Base64)|\.is(?:UUID|Int|Alphanumeric|MongoId|Numeric|Alpha|Hexadecimal)$|^(?:uuidValidate|isUUID|ObjectId\.is[vV]alid|mongoose\.isValidObjectId|isValidObjectId|mongoose\.Types\.ObjectId\.isValid|isUuid|validateUuid)$/
const resolves = /(?:^|\.)(?:resolve|normalize|realpathSync|realpath|abspath|join)$/
const membership = /\.(?:includes|has|__contains__|hasOwnProperty|hasOwn|some|indexOf)$/

function constantText(machine: Machine, expr: Expr, frame: Frame): string | null {
  const budget = machine.budget
  const value = machine.expr(expr, frame)
  machine.budget = budget
  return typeof value.constant === 'string' ? value.constant : null
}

function clean(machine: Machine, expr: Expr, frame: Frame): boolean {
  const value = machine.expr(expr, frame)
  return value.taint.every((one) => one.source.category === 'param')
}

function factsOfCall(
  machine: Machine,
  expr: Expr & { kind: 'call' },
  polarity: boolean,
  frame: Frame,
): Fact[] {
  const written = writtenName(expr.callee) ?? ''
  const [first] = expr.args
  const firstPath = first === undefined ? null : accessPath(first.value)
  const object = expr.callee.kind === 'member' ? expr.callee.object : null
  const objectPath = object === null ? null : accessPath(object)
  const method = expr.callee.kind === 'member' ? expr.callee.name : written
  if (polarity && membership.test(written) && object !== null) {
    const member = written.endsWith('hasOwn') ? expr.args[1]?.value : first?.value
    const part = member === undefined ? null : hostOf(member)
    if (part !== null && clean(machine, object, frame)) return [{ path: part, clears: places }]
    const path = member === undefined ? null : accessPath(member)
    if (path !== null && (written.endsWith('hasOwn') || clean(machine, object, frame)))
      return [{ path, clears: everything }]
    const callback = first?.value.kind === 'function' ? first.value.fn : null
    if (method === 'some' && callback !== null && clean(machine, object, frame))
      return factsOfCallback(callback)
  }
  if (!polarity && membership.test(written) && object !== null && firstPath !== null) {
    const list = machine.expr(object, frame)
    if (
      list.heap.some((heap) =>
        [...heap.fields.values(), heap.rest ?? unknown].some((one) => one.constant === '__proto__'),
      )
    )
      return [{ path: firstPath, clears: bits(['prototype']) }]
  }
  if (
    !polarity &&
    (method === 'includes' || method === 'contains') &&
    objectPath !== null &&
    first !== undefined
  ) {
    const text = constantText(machine, first.value, frame)
    if (text !== null && (text === '..' || text === '../' || text === '/'))
      return [{ path: objectPath, clears: bits(['path', 'archive']) }]
    return []
  }
  // `path.relative(root, file).startsWith('..')`
  if (
    !polarity &&
    method === 'startsWith' &&
    object?.kind === 'call' &&
    /(?:^|\.)relative$/.test(writtenName(object.callee) ?? '')
  ) {
    const path = object.args[1] === undefined ? null : accessPath(object.args[1].value)
    return path === null ? [] : [{ path, clears: bits(['path', 'archive']) }]
  }
  if (!polarity && /^(?:startsWith|startswith)$/.test(method) && objectPath !== null && first !== undefined) {
    const text = constantText(machine, first.value, frame)
    if (text === '//') return [{ path: objectPath, clears: bits(['redirect']) }]
    if (text !== null && text.startsWith('..'))
      return [{ path: objectPath, clears: bits(['path', 'archive']) }]
    return []
  }
  if (
    polarity &&
    /^(?:startsWith|startswith|is_relative_to)$/.test(method) &&
    objectPath !== null &&
    first !== undefined
  ) {
    const text = constantText(machine, first.value, frame)
    if (text !== null && /^https?:\/\/[^/]+\//.test(text)) return [{ path: objectPath, clears: places }]
    if (text === '/' || text === 'http' || text === 'https://' || text === 'http://') return []
    return clean(machine, first.value, frame)
      ? [{ path: objectPath, clears: bits(['path', 'archive']), normalised: method !== 'is_relative_to' }]
      : []
  }
  if (
    polarity &&
    method === 'startsWith' &&
    object?.kind === 'call' &&
    resolves.test(writtenName(object.callee) ?? '')
  ) {
    const [inner] = object.args
    const path = inner === undefined ? null : accessPath(inner.value)
    if (path !== null) return [{ path, clears: bits(['path', 'archive']) }]
  }
  if (polarity && method === 'endsWith' && objectPath !== null && /\.host(?:name)?$/.test(objectPath)) {
    const text = first === undefined ? null : constantText(machine, first.value, frame)
    return text !== null && text.startsWith('.') ? [{ path: objectPath, clears: everything }] : []
  }
  if (polarity && method === 'test' && object !== null && firstPath !== null) {
    const pattern = machine.expr(object, frame)
    // A path that does not begin like the address of another host.
    if (
      pattern.text !== null &&
      /^\^\\?\/(?:\(\?!(?:\[[^\]]*\/[^\]]*\]|\\?\/[^)]*)\)|\[\^[^\]]*\/[^\]]*\]|\\w|\[a-z)/i.test(
        pattern.text,
      )
    )
      return [{ path: firstPath, clears: bits(['redirect']) }]
    return pattern.text !== null && isSafePattern(pattern.text, 'anywhere')
      ? [{ path: firstPath, clears: everything }]
      : []
  }
  if (polarity && /^(?:match|fullmatch|exec)$/.test(method) && first !== undefined) {
    // `re.match(pattern, text)`, `pattern.match(text)` and `text.match(pattern)`.
    const receiver = object === null ? null : machine.expr(object, frame)
    const values = expr.args.map((arg) => machine.expr(arg.value, frame))
    const start =
      method === 'fullmatch'
        ? 'whole'
        : machine.program.files.get(frame.file)?.language === 'python'
          ? 'start'
          : 'anywhere'
    const subject =
      expr.args[1] === undefined
        ? receiver?.text === null || receiver?.text === undefined || receiver.taint.length > 0
          ? null
          : firstPath
        : accessPath(expr.args[1].value)
    const pattern =
      expr.args[1] === undefined && receiver !== null && receiver.text !== null && receiver.taint.length === 0
        ? receiver.text
        : (values[0]?.text ?? null)
    const path = subject ?? objectPath
    return pattern !== null && path !== null && isSafePattern(pattern, start)
      ? [{ path, clears: everything }]
      : []
  }
  if (polarity && digits.test(written)) {
    const path =
      objectPath !== null && /^is(?:digit|numeric|decimal|al)/.test(method) ? objectPath : firstPath
    if (path !== null) return [{ path, clears: everything }]
  }
  if (polarity && method === 'isinstance' && firstPath !== null) {
    const type = expr.args[1] === undefined ? '' : (writtenName(expr.args[1].value) ?? '')
    return [{ path: firstPath, clears: type === 'int' || type === 'float' ? everything : bits(['nosql']) }]
  }
  if (!polarity && (method === 'isNaN' || written === 'Number.isNaN') && firstPath !== null)
    return [{ path: firstPath, clears: everything }]
  const callee = machine.expr(expr.callee, frame)
  const [closure] = callee.fns
  if (closure !== undefined && callee.fns.length === 1)
    return factsOfPredicate(machine, closure.fn, polarity, {
      ...frame,
      scope: closure.scope,
      file: closure.file,
    }).flatMap((fact) => {
      const [root = '', ...rest] = fact.path.split('.')
      const position = closure.fn.params.findIndex((param) => param.name === root)
      const arg = expr.args[position]
      const path = arg === undefined ? null : accessPath(arg.value)
      return path === null ? [] : [{ ...fact, path: [path, ...rest].join('.') }]
    })
  if (polarity && callee.fns.length === 0 && validName.test(written) && firstPath !== null)
    return [{ path: firstPath, clears: everything }]
  return []
}

/** What follows about a function's parameters where it gives true (or false). */
function factsOfPredicate(machine: Machine, fn: Fn, polarity: boolean, frame: Frame): Fact[] {
  if (machine.budget <= 0 || frame.depth > 4) return []
  const inner: Frame = { ...frame, depth: frame.depth + 1, derived: new Map() }
  const always: Fact[] = []
  const results: Fact[][] = []
  const walk = (stmts: readonly Stmt[], so: Fact[]): Fact[] => {
    let known = so
    for (const stmt of stmts) {
      if (stmt.kind === 'bind' && stmt.target.kind === 'name' && stmt.value !== null) {
        const paths = pathsIn(stmt.value)
        if (paths.length > 0) inner.derived.set(stmt.target.name, paths)
      } else if (stmt.kind === 'bind' && stmt.target.kind === 'fields' && stmt.value !== null) {
        for (const { target } of stmt.target.fields)
          if (target.kind === 'name') inner.derived.set(target.name, pathsIn(stmt.value))
      } else if (stmt.kind === 'if') {
        const test = stmt.test
        walk(stmt.consequent, [...known, ...withDerived(facts(machine, test, true, inner), inner)])
        walk(stmt.otherwise, [...known, ...withDerived(facts(machine, test, false, inner), inner)])
        if (ends(stmt.consequent))
          known = [...known, ...withDerived(facts(machine, test, false, inner), inner)]
        if (stmt.otherwise.length > 0 && ends(stmt.otherwise))
          known = [...known, ...withDerived(facts(machine, test, true, inner), inner)]
      } else if (stmt.kind === 'try' || stmt.kind === 'block') {
        known = walk(stmt.body, known)
        if (stmt.kind === 'try') walk(stmt.handler, so)
      } else if (stmt.kind === 'return') {
        const { value } = stmt
        if (value?.kind === 'literal' && (value.value === !polarity || value.value === null)) continue
        results.push([
          ...known,
          ...(value === null ? [] : withDerived(facts(machine, value, polarity, inner), inner)),
        ])
      }
    }
    return known
  }
  always.push(...walk(fn.body, []))
  if (results.length === 0) return []
  const [first = [], ...rest] = results
  return first.filter((fact) =>
    rest.every((list) =>
      list.some((other) => other.path === fact.path && (fact.clears & ~other.clears) === 0),
    ),
  )
}

function factsOfCompare(
  machine: Machine,
  expr: Expr & { kind: 'compare' },
  polarity: boolean,
  frame: Frame,
): Fact[] {
  const positive = expr.op === '==' || expr.op === 'in' ? polarity : !polarity
  if (expr.op === 'other') {
    // `list.indexOf(x) > -1`, `>= 0`
    if (polarity && expr.left.kind === 'call' && writtenName(expr.left.callee)?.endsWith('.indexOf') === true)
      return factsOfCall(machine, expr.left, true, frame)
    return []
  }
  if (expr.op === 'in' || expr.op === 'not in') {
    const part = hostOf(expr.left)
    if (positive && part !== null && clean(machine, expr.right, frame))
      return [{ path: part, clears: places }]
    // `ROOT in path.parents`
    if (positive && expr.right.kind === 'member' && expr.right.name === 'parents') {
      const child = accessPath(expr.right.object)
      if (child !== null && clean(machine, expr.left, frame))
        return [{ path: child, clears: bits(['path', 'archive']) }]
    }
    const path = accessPath(expr.left)
    if (positive && path !== null && clean(machine, expr.right, frame)) return [{ path, clears: everything }]
    const holder = accessPath(expr.right)
    const text = constantText(machine, expr.left, frame)
    if (!positive && holder !== null && text !== null && /^(?:\.\.\/?|\/)$/.test(text))
      return [{ path: holder, clears: bits(['path', 'archive']) }]
    return []
  }
  for (const [one, other] of [
    [expr.left, expr.right],
    [expr.right, expr.left],
  ] as const) {
    if (one.kind === 'call' && one.callee.kind === 'name' && one.callee.name === 'typeof' && positive) {
      const path = one.args[0] === undefined ? null : accessPath(one.args[0].value)
      const type = constantText(machine, other, frame)
      if (path !== null && type !== null && type !== 'object')
        return [{ path, clears: type === 'string' ? bits(['nosql', 'mass', 'prototype']) : everything }]
    }
    if (
      one.kind === 'call' &&
      writtenName(one.callee)?.endsWith('.indexOf') === true &&
      other.kind === 'arithmetic'
    )
      return positive ? [] : factsOfCall(machine, one, true, frame)
    if (
      one.kind === 'call' &&
      /(?:^|\.)commonpath$|commonprefix$/.test(writtenName(one.callee) ?? '') &&
      positive
    )
      return one.args
        .flatMap((arg) => (arg.value.kind === 'array' ? arg.value.items : []))
        .flatMap(pathsIn)
        .map((path) => ({ path, clears: bits(['path', 'archive']) }))
    // `net.isIP(host) === 0`
    if (
      one.kind === 'call' &&
      other.kind === 'literal' &&
      other.value === 0 &&
      digits.test(writtenName(one.callee) ?? '')
    )
      return factsOfCall(machine, one, !positive, frame)
    const part = hostOf(one)
    if (part !== null && positive && clean(machine, other, frame)) return [{ path: part, clears: places }]
    const path = accessPath(one)
    if (path === null) continue
    // A message of a window is as good as the page that sent it.
    if (positive && path.endsWith('.origin') && clean(machine, other, frame))
      return [
        { path: `${path.slice(0, -'.origin'.length)}.data`, clears: everything },
        { path, clears: everything },
      ]
    const text = constantText(machine, other, frame)
    if (positive && other.kind !== 'literal' && text === null && !clean(machine, other, frame)) continue
    if (positive && !(other.kind === 'literal' && other.value === null) && clean(machine, other, frame))
      return [{ path, clears: everything }]
    if (!positive && text === '..') return [{ path, clears: bits(['path']) }]
    // `key !== '__proto__'`
    if (!positive && (text === '__proto__' || text === 'constructor' || text === 'prototype'))
      return [{ path, clears: bits(['prototype']) }]
  }
  if (positive && expr.right.kind === 'call' && (writtenName(expr.right.callee) ?? '').endsWith('basename')) {
    const path = accessPath(expr.left)
    if (path !== null) return [{ path, clears: bits(['path', 'archive']) }]
  }
  return []
}

function facts(machine: Machine, test: Expr, polarity: boolean, frame: Frame): Fact[] {
  if (machine.budget <= 0) return []
  switch (test.kind) {
    case 'not':
      return facts(machine, test.value, !polarity, frame)
    case 'await':
      return facts(machine, test.value, polarity, frame)
    case 'logic':
      // Both hold after a true `and` and after a false `or`; otherwise only what either proves.
      if ((test.op === 'and') === polarity)
        return [...facts(machine, test.left, polarity, frame), ...facts(machine, test.right, polarity, frame)]
      return both(facts(machine, test.left, polarity, frame), facts(machine, test.right, polarity, frame))
    case 'compare':
      return factsOfCompare(machine, test, polarity, frame)
    case 'call':
      return factsOfCall(machine, test, polarity, frame)
    case 'index': {
      // `ALLOWED[name]` is true only for names that it lists.
      const path = accessPath(test.index)
      return polarity && path !== null && clean(machine, test.object, frame)
        ? [{ path, clears: injections }]
        : []
    }
    case 'assign':
      return facts(machine, test.value, polarity, frame)
    default:
      return []
  }
}

const both = (a: readonly Fact[], b: readonly Fact[]): Fact[] =>
  a.flatMap((fact) => {
    const other = b.find((one) => one.path === fact.path)
    return other === undefined ? [] : [{ ...fact, clears: fact.clears & other.clears }]
  })

/** Facts about a variable hold for what it was made from, as far as they are about places. */
function withDerived(list: readonly Fact[], frame: Frame): Fact[] {
  const out: Fact[] = []
  for (const fact of list) {
    out.push(fact)
    const part = partOfUrl.test(fact.path)
    const [root = ''] = fact.path.split('.')
    const dotted = fact.path !== root
    if (dotted && !part && /\.(?:host|hostname|origin|netloc)$/.test(fact.path))
      out.push({ path: root, clears: places })
    const clears = dotted ? (/\.(?:host|hostname|origin|netloc)$/.test(fact.path) ? places : 0) : fact.clears
    if (clears !== 0) for (const path of frame.derived.get(root) ?? []) out.push({ ...fact, path, clears })
    const further = frame.derived.get(root) ?? []
    for (const path of further)
      for (const origin of frame.derived.get(path.split('.')[0] ?? '') ?? [])
        if (clears !== 0) out.push({ ...fact, path: origin, clears })
    // `const { hostname } = new URL(x)`
    if (!dotted && /^(?:host|hostname|netloc|origin)$/.test(root))
      for (const path of further) out.push({ path, clears: places })
  }
  return out
}

/** Takes note of what a condition proves where it is true (`polarity`) or false. */
export function refine(machine: Machine, test: Expr, polarity: boolean, frame: Frame): void {
  for (const fact of withDerived(facts(machine, test, polarity, frame), frame)) apply(machine, fact, frame)
}

/** Takes note of what holds after a function has returned that throws otherwise. */
export function refineAfterCall(machine: Machine, expr: Expr & { kind: 'call' }, frame: Frame): void {
  const callee = machine.expr(expr.callee, frame)
  const [closure] = callee.fns
  if (
    checksPlace.test((writtenName(expr.callee) ?? '').split('.').at(-1) ?? '') &&
    (closure === undefined ||
      /\b(?:throw|raise|abort)\b/.test(bodyText(machine, { ...frame, fn: closure.fn, file: closure.file })))
  ) {
    const path = expr.args[0] === undefined ? null : accessPath(expr.args[0].value)
    if (path !== null) apply(machine, { path, clears: places }, frame)
  }
  if (closure === undefined || callee.fns.length > 1) return
  const last = closure.fn.body
  const inner: Frame = {
    ...frame,
    scope: closure.scope,
    file: closure.file,
    depth: frame.depth + 1,
    derived: new Map(),
  }
  for (const stmt of last) {
    if (stmt.kind === 'bind' && stmt.target.kind === 'name' && stmt.value !== null)
      inner.derived.set(stmt.target.name, pathsIn(stmt.value))
    if (stmt.kind !== 'if' || stmt.consequent.at(-1)?.kind === undefined || !throws(stmt.consequent)) continue
    for (const fact of withDerived(facts(machine, stmt.test, false, inner), inner)) {
      const [root = '', ...rest] = fact.path.split('.')
      const arg = expr.args[closure.fn.params.findIndex((param) => param.name === root)]
      const path = arg === undefined ? null : accessPath(arg.value)
      if (path !== null)
        for (const one of withDerived([{ ...fact, path: [path, ...rest].join('.') }], frame))
          apply(machine, one, frame)
    }
  }
}

function apply(machine: Machine, { path, clears, normalised }: Fact, frame: Frame): void {
  const [root = '', ...rest] = path.split('.')
  let value = frame.scope.find(root)
  if (value === undefined) return
  for (const [index, name] of rest.entries()) {
    const sofar = [root, ...rest.slice(0, index + 1)].join('.')
    value = frame.scope.find(sofar) ?? machine.member(value, name, frame, 0)
  }
  const taint = value.taint.map((one) =>
    normalised === true && (one.marks & marks.normalised) === 0 ? one : (cleared([one], clears)[0] ?? one),
  )
  if (rest.length > 0) machine.refined.add(path)
  machine.trail.set(
    frame.scope.owner(root) === null || rest.length > 0
      ? frame.scope
      : (frame.scope.owner(root) ?? frame.scope),
    path,
    withTaint(value, taint),
  )
}
