import type { Entry, Expr, Fn } from '../ir/ir.ts'
import { everything } from '../models/kinds.ts'
import { hardcodedSecret, secretName } from '../models/secret-names.ts'
import { sinkProperties } from '../models/properties.ts'
import { counts } from './counts.ts'
import { writtenName, type Frame, type Machine } from './machine.ts'
import { deepTaint, join, newHeap, ofHeap, unknown, type Value } from './value.ts'

const random = (value: Value) => value.taint.find((one) => one.source.category === 'random')

/** Sinks that are assignments: `element.innerHTML = …`, `object[key] = …`, secrets in the source. */
export function checkAssignment(
  machine: Machine,
  name: string | null,
  value: Value,
  frame: Frame,
  at: number,
  from: Expr | null,
  object?: Value,
  place?: Expr,
  key?: Value,
): void {
  const language = machine.program.files.get(frame.file)?.language
  if (name !== null) {
    const weak = random(value)
    if (weak !== undefined && secretName.test(name))
      machine.report({ rule: 'weak-random', file: frame.file, at: weak.source.at, taint: weak, sink: name })
    if (
      typeof value.constant === 'string' &&
      from?.kind === 'literal' &&
      hardcodedSecret(name, value.constant)
    )
      machine.report({ rule: 'hardcoded-secret', file: frame.file, at, taint: null, sink: name })
  }
  const written = place === undefined ? null : writtenName(place)
  if (name !== null && place !== undefined)
    for (const property of sinkProperties) {
      if (
        !property.names.test(name) ||
        (property.receiver !== undefined && !property.receiver.test(written ?? ''))
      )
        continue
      if (property.language !== undefined && property.language !== language) continue
      if (property.constant !== undefined) {
        if (property.constant.test(String(value.constant ?? value.refs[0] ?? '\0')))
          machine.report({ rule: property.rule, file: frame.file, at, taint: null, sink: written ?? name })
      } else
        for (const one of property.kind === 'exposure' ? deepTaint(value, 2) : value.taint)
          if (counts(one, property.kind) && (machine.developing === 0 || property.kind !== 'exposure'))
            machine.report({ rule: property.rule, file: frame.file, at, taint: one, sink: written ?? name })
    }
  // `object[key] = value` with a key from outside reaches the prototype where the object was itself reached by such a key.
  if (key !== undefined && language === 'javascript' && object !== undefined) {
    const inherits = !object.refs.some((ref) => /Object\.create\(\)|Map\(\)/.test(ref))
    const chosen = key.taint.find((one) => counts(one, 'prototype'))
    const fromOutside = chosen !== undefined && (chosen.source.category === 'user' || frame.fn !== null)
    const nested =
      place?.kind === 'index' &&
      (place.object.kind === 'index' ||
        walksDown(machine, place.object) ||
        (recursive(machine) && !isFresh(place.object, object, frame)))
    if (
      inherits &&
      !looksAfterKeys(machine, frame) &&
      chosen !== undefined &&
      fromOutside &&
      (chosen.source.category === 'user' || goesOverKeys(machine)) &&
      (nested || (value.taint.length > 0 && chosen.source.category === 'user'))
    )
      machine.report({
        rule: 'prototype-pollution',
        file: frame.file,
        at,
        taint: chosen,
        sink: 'an assignment to a computed key',
      })
  }
}

const overKeys =
  /\.split\(|\bfor\s*\([^)]*\b(?:in|of)\b|Object\.(?:keys|entries)|\.reduce\(|\.forEach\(|\.shift\(/

/** Whether a function goes over keys or the parts of a path: a key of which nobody says more may then be any. */
const goesOverKeys = (machine: Machine): boolean =>
  machine.frames.some(({ fn, file }) => overKeys.test(machine.program.text(file).slice(fn.at, fn.end)))

/** Whether a variable goes down into an object by keys: `at = at[key]`. */
const walksDown = (machine: Machine, expr: Expr): boolean =>
  expr.kind === 'name' &&
  machine.frames.some(({ fn, file }) => {
    const text = machine.program.text(file).slice(fn.at, fn.end)
    const name = expr.name.replace(/\W/g, '\\$&')
    return new RegExp(`\\b${name}\\s*=\\s*\\(?\\s*${name}\\s*\\[`).test(text) && !text.includes('__proto__')
  })

/** Whether an object was made in the function that writes to it: only its own prototype can be replaced. */
const isFresh = (expr: Expr, object: Value, frame: Frame): boolean =>
  expr.kind === 'name' &&
  object.heap.length > 0 &&
  frame.fn?.params.some((param) => param.name === expr.name) !== true

/** Whether the function asks the object that it writes to whether the key is its own. */
function looksAfterKeys(machine: Machine, frame: Frame): boolean {
  const { fn } = frame
  if (fn === null) return false
  const text = machine.program.files.get(frame.file)?.text.slice(fn.at, fn.end) ?? ''
  return /Object\.create\(null\)/.test(text) && /__proto__|hasOwn/.test(text)
}

const selfCalls = new WeakMap<object, boolean>()

/** Whether a function that runs calls itself, as deep merges do, or is named like one. */
function recursive(machine: Machine): boolean {
  return machine.stack.some((fn) => {
    if (fn.name === '') return false
    let known = selfCalls.get(fn)
    if (known === undefined) {
      known =
        JSON.stringify(fn.body).includes(`"callee":{"kind":"name","name":"${fn.name}"`) ||
        /merge|extend|deep|(?:set|put|assign|write)_?(?:path|in\b|nested|value|prop)|defaults/i.test(fn.name)
      selfCalls.set(fn, known)
    }
    return known
  })
}

/** Sinks that are properties of object literals. */
export function checkProperty(
  machine: Machine,
  name: string,
  value: Value,
  entry: Entry,
  frame: Frame,
): void {
  const weak = random(value)
  if (weak !== undefined && secretName.test(name))
    machine.report({ rule: 'weak-random', file: frame.file, at: weak.source.at, taint: weak, sink: name })
  if (
    entry.value.kind === 'literal' &&
    typeof value.constant === 'string' &&
    hardcodedSecret(name, value.constant)
  )
    machine.report({ rule: 'hardcoded-secret', file: frame.file, at: entry.at, taint: null, sink: name })
  if (name === 'rejectUnauthorized' && value.constant === false)
    machine.report({ rule: 'disabled-tls', file: frame.file, at: entry.at, taint: null, sink: name })
  if (name === '__html')
    for (const one of value.taint)
      if (counts(one, 'xss'))
        machine.report({
          rule: 'dom-xss',
          file: frame.file,
          at: entry.at,
          taint: one,
          sink: 'dangerouslySetInnerHTML',
        })
  if (name === '$where')
    for (const one of value.taint)
      if (counts(one, 'code'))
        machine.report({
          rule: 'nosql-injection',
          file: frame.file,
          at: entry.at,
          taint: one,
          sink: '$where',
        })
}

const urlAttribute = /^(?:href|src|action|formAction|xlinkHref|srcDoc)$/

/** Markup of JSX: its texts are escaped, but not every property is harmless. */
export function checkMarkup(machine: Machine, expr: Expr & { kind: 'markup' }, frame: Frame): Value {
  for (const entry of expr.entries) {
    const value = machine.expr(entry.value, frame)
    if (entry.key !== null && urlAttribute.test(entry.key) && expr.tag !== 'img')
      for (const one of value.taint)
        if (counts(one, 'xss') && counts(one, 'redirect') && one.source.category === 'user')
          machine.report({
            rule: 'dom-xss',
            file: frame.file,
            at: entry.at,
            taint: one,
            sink: `<${expr.tag} ${entry.key}>`,
          })
  }
  let inner: Value = unknown
  for (const child of expr.children) inner = join(inner, machine.expr(child, frame))
  const heap = newHeap()
  heap.rest = { ...inner, taint: deepTaint(inner, 1).map((one) => ({ ...one, clear: everything })) }
  return ofHeap(heap)
}

const isRoute = (fn: Fn): boolean =>
  fn.decorators.some((decorator) =>
    /(?:^|\.)(?:route|get|post|put|delete|patch|errorhandler|app_errorhandler|exception_handler|api_view)$/.test(
      decorator.kind === 'call' ? (writtenName(decorator.callee) ?? '') : '',
    ),
  )

/** What a function gives back where that itself is a sink: pages of web frameworks, tokens made of weak randomness. */
export function checkReturn(machine: Machine, value: Value, frame: Frame, at: number): void {
  const { fn } = frame
  if (fn === null) return
  const weak = random(value)
  if (weak !== undefined && secretName.test(fn.name))
    machine.report({ rule: 'weak-random', file: frame.file, at: weak.source.at, taint: weak, sink: fn.name })
  const python = machine.program.files.get(frame.file)?.language === 'python'
  const nest = fn.decorators.some((decorator) =>
    /^(?:Get|Post|Put|Patch|Delete|All)$/.test(
      decorator.kind === 'call' ? (writtenName(decorator.callee) ?? '') : '',
    ),
  )
  if (
    machine.developing === 0 &&
    (python
      ? isRoute(fn)
      : nest || machine.handlers.has(fn) || /^(?:GET|POST|PUT|PATCH|DELETE)$/.test(fn.name))
  )
    for (const one of deepTaint(value))
      if (counts(one, 'exposure'))
        machine.report({ rule: 'error-exposure', file: frame.file, at, taint: one, sink: 'the answer' })
  // Nest sends texts as HTML.
  if (!python && nest && !frame.plainResponse && /<\w/.test(value.text ?? ''))
    for (const one of value.taint)
      if (counts(one, 'xss'))
        machine.report({ rule: 'reflected-xss', file: frame.file, at, taint: one, sink: 'the page' })
  if (!python || frame.plainResponse) return
  if (!isRoute(fn)) return
  const flask = [...(frame.scope.parent?.variables.values() ?? [])].some((one) =>
    one.refs.some((ref) => /^(?:flask|bottle|sanic|quart)\b/.test(ref)),
  )
  if (!flask) return
  const [first] = value.heap.filter((heap) => heap.isList)
  const page = first === undefined ? value : (first.fields.get('0') ?? unknown)
  if (
    first !== undefined &&
    [...first.fields.values()].some((one) =>
      one.heap.some((heap) => /json|plain/.test(String(heap.fields.get('Content-Type')?.constant ?? ''))),
    )
  )
    return
  for (const one of page.taint)
    if (counts(one, 'xss') && !page.refs.some((ref) => ref.endsWith('()')))
      machine.report({ rule: 'reflected-xss', file: frame.file, at, taint: one, sink: 'the page' })
}
