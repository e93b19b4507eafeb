import type { Expr } from '../ir/ir.ts'
import { bits, everything } from '../models/kinds.ts'
import type { SinkModel } from '../models/model.ts'
import { hardcodedSecret } from '../models/secret-names.ts'
import { builtinCall } from './builtins.ts'
import type { CallSite } from './call-site.ts'
import { checkCallRules } from './call-rules.ts'
import { counts } from './counts.ts'
import { registerHandlers } from './handlers.ts'
import { optionOf, optionText } from './options.ts'
import { bodyText, isUnowned } from './ownership.ts'
import { memberRef } from './refs.ts'
import { checkRecord } from './records.ts'
import { checkTemplates } from './template-sinks.ts'
import { stepped, writtenName, type ArgValue, type Frame, type Machine } from './machine.ts'
import {
  cleared,
  deepTaint,
  join,
  joinAll,
  joinTaints,
  marked,
  marks,
  ofRef,
  onlyTaint,
  unknown,
  type Taint,
  type Value,
} from './value.ts'

const sqlText =
  /\b(?:select\b[\s\S]*\bfrom|insert\s+into|update\b[\s\S]*\bset|delete\s+from|where\b|order\s+by|drop\s+table|create\s+(?:table|user|database)|alter\s+table|union\s+select|truncate|values\s*\(|exec(?:ute)?\s)|[\w.]\s*(?:=|<>|!=|[<>]=?|\b(?:i?like|in)\b)\s*\(?['"%]+\0|[\w.]\s+(?:=|<>|!=|[<>]=?|i?like|in)\s+\(?\0/i
function argsOf(machine: Machine, expr: Expr & { kind: 'call' }, frame: Frame): ArgValue[] {
  for (const { value, name } of expr.args)
    if (
      name !== undefined &&
      value.kind === 'literal' &&
      typeof value.value === 'string' &&
      hardcodedSecret(name, value.value)
    )
      machine.report({ rule: 'hardcoded-secret', file: frame.file, at: value.at, taint: null, sink: name })
  return expr.args.map(({ value, name }) => ({
    value: machine.expr(value.kind === 'spread' ? value.value : value, frame),
    expr: value,
    ...(name === undefined ? {} : { name }),
    ...(value.kind === 'spread' ? { spread: true } : {}),
  }))
}

/** Methods of responses that give the response back. */
const fluent =
  /^web\.res\.(?:status|code|type|set|header|headers|setHeader|append|cookie|setCookie|clearCookie|contentType|vary|links|attachment|location|format|removeHeader)$/

const declaresPlain = /(?:^|\.)(?:type|setHeader|set|header|contentType|writeHead|append)$/

/** Evaluates a call: models of what is outside, bodies of what is ours. */
export function evaluateCall(machine: Machine, expr: Expr & { kind: 'call' }, frame: Frame): Value {
  const written = writtenName(expr.callee)
  const receiver = expr.callee.kind === 'member' ? machine.expr(expr.callee.object, frame) : null
  const callee =
    expr.callee.kind === 'member' && receiver !== null
      ? machine.member(receiver, expr.callee.name, frame, expr.callee.at)
      : machine.expr(expr.callee, frame)
  const args = argsOf(machine, expr, frame)
  const ours = callee.fns.length > 0 || callee.classes.length > 0

  const language = machine.program.files.get(frame.file)?.language ?? 'javascript'
  if (language === 'python') checkRecord(machine, callee, written, args, expr, frame)
  const sinks = machine.models.sinks[language].find(callee.refs, written, ours)
  for (const sink of sinks) checkSink(machine, sink, receiver, args, expr, frame)
  checkCallRules(machine, callee, written, args, expr, frame, ours)
  registerHandlers(machine, callee, written, args, frame, expr)

  if (
    declaresPlain.test(written ?? '') &&
    args.some(
      (arg) =>
        /^(?:json|text|txt)$|plain|application\/|csv/.test(optionText(arg.value)) ||
        [...(arg.value.heap[0]?.fields.values() ?? [])].some((one) => /plain|json/.test(optionText(one))),
    )
  )
    frame.plainResponse = true

  if (machine.program.templates.length > 0) checkTemplates(machine, receiver, written, args, frame)

  const sanitizers = machine.models.sanitizers.find(callee.refs, written, ours)
  for (const model of sanitizers) {
    const all = joinAll(args.map((arg) => arg.value))
    const base = receiver === null || receiver.refs.length > 0 ? all : join(all, receiver)
    if (model.argument !== undefined && !model.argument.test(args[0]?.value.text ?? '')) continue
    const taint = joinTaints(
      base.taint,
      args.length === 0 && receiver !== null ? receiver.taint : deepTaint(all, 2),
    )
    const bitsCleared = model.clears === 'all' ? everything & ~bits(['secret']) : bits(model.clears)
    const result = marked(
      cleared(stepped(taint, frame.file, expr.at, `passed through ${written ?? 'a call'}`), bitsCleared),
      model.marks ?? 0,
    )
    const text = model.clears === 'all' ? null : (base.text ?? null)
    return { ...onlyTaint(result), text, refs: callee.refs.map((ref) => memberRef(ref, '()')) }
  }

  if (ours) {
    let result: Value = unknown
    for (const closure of callee.fns)
      result = join(
        result,
        machine.invoke(
          closure,
          args,
          frame,
          expr.at,
          expr.callee.kind === 'member' &&
            !(expr.callee.object.kind === 'name' && expr.callee.object.name === 'super')
            ? receiver
            : frame.self,
        ),
      )
    for (const cls of callee.classes)
      result = join(result, written === 'super' ? unknown : machine.instantiate(cls, args, frame, expr.at))
    if (callee.fns.length === 0 || callee.refs.length === 0) return result
  }

  const sourced = callee.refs
    .map((ref) => machine.models.sourceTaint(`${ref}()`, frame.file, expr.at))
    .find((value) => value !== null)
  if (sourced !== null && sourced !== undefined) return sourced
  const builtin = builtinCall(machine, { expr, receiver, callee, args, written, frame })
  if (builtin !== null) return builtin
  return outside(
    machine,
    { expr, receiver, callee, args, written, frame },
    sinks.some((sink) => sink.passes !== true),
  )
}

/** What a call to something outside gives, of which no model says anything. */
function outside(
  machine: Machine,
  { expr, receiver, callee, args, written, frame }: CallSite,
  sunk: boolean,
): Value {
  for (const arg of args) for (const closure of arg.value.fns) machine.invoke(closure, [], frame, expr.at)
  const name = written ?? ''
  if (callee.refs.some((ref) => fluent.test(ref))) return ofRef('web.res')
  if (
    args.length === 0 &&
    /(?:^|\.)switchToHttp\(\)\.(?:getRequest|getResponse)$|(?:http|ctx|context|host)\.(?:getRequest|getResponse)$/i.test(
      name,
    )
  )
    return ofRef(name.endsWith('getRequest') ? 'web.req' : 'web.res')
  let taint: readonly Taint[] = receiver === null ? [] : receiver.taint
  const silent = sunk || machine.models.silent(callee.refs, written)
  if (silent) taint = []
  const library = callee.refs.some((ref) => !ref.startsWith('web.')) || receiver === null || expr.isNew
  if (library && !silent) for (const arg of args) taint = joinTaints(taint, deepTaint(arg.value, 1))
  if (
    /(?:^|[._])(?:sanitiz|sanitis|escape|purify|clean(?!up)|validate|whitelist|allowlist|safe_?)/i.test(
      name.split('.').at(-1) ?? '',
    )
  )
    taint = cleared(taint, everything & ~bits(['secret']))
  const refs = callee.refs.map((ref) => memberRef(ref, '()'))
  const file = args[0]?.value.constant
  if (/(?:^|\.)(?:get_template|getTemplate)$/.test(name) && typeof file === 'string')
    refs.push(`template:${file}`)
  return {
    ...unknown,
    taint: stepped(taint, frame.file, expr.at, `passed through ${name || 'a call'}`),
    refs,
  }
}

/** Whether a shell is given a command as text, rather than a file to run. */
function runsText(args: Value | undefined): boolean {
  const list = args?.heap.find((heap) => heap.isList)
  return (
    list === undefined ||
    [...list.fields.values()].some((one) =>
      /^(?:-\w*c|\/c|-(?:encoded)?command)$/i.test(String(one.constant)),
    )
  )
}

function checkSink(
  machine: Machine,
  sink: SinkModel,
  receiver: Value | null,
  args: readonly ArgValue[],
  expr: Expr & { kind: 'call' },
  frame: Frame,
): void {
  if (frame.plainResponse && sink.kind === 'xss' && sink.rule === 'reflected-xss') return
  for (const [option, pattern] of Object.entries(sink.unless ?? {})) {
    const value = optionOf(args, option)
    if (value !== null && pattern.test(optionText(value))) return
  }
  for (const [option, pattern] of Object.entries(sink.needs ?? {})) {
    const value = optionOf(args, option)
    if (value === null || !pattern.test(optionText(value))) return
  }
  const positional = args.filter((arg) => arg.name === undefined)
  if (sink.first !== undefined && !sink.first.test(optionText(positional[0]?.value ?? unknown))) return
  if (sink.first !== undefined && sink.kind === 'command' && !runsText(positional[1]?.value)) return
  const chosen: Value[] = []
  for (const which of sink.args) {
    if (which === 'receiver') {
      if (receiver !== null) chosen.push(receiver)
    } else if (which === 'all') chosen.push(...args.map((arg) => arg.value))
    else {
      const arg = positional[which]
      if (arg !== undefined) chosen.push(arg.value)
    }
  }
  const python = machine.program.files.get(frame.file)?.language === 'python'
  for (const option of sink.options ?? []) {
    const value = optionOf(args, option, python)
    if (value !== null) chosen.push(value)
  }
  // What is spread into a record is given as a whole.
  if (sink.kind === 'mass')
    chosen.push(
      ...chosen.flatMap((value) =>
        value.heap.flatMap((heap) => (heap.isList || heap.rest === null ? [] : [heap.rest])),
      ),
    )
  if (sink.only === 'sql')
    chosen.push(
      ...chosen.flatMap((value) =>
        value.heap.flatMap((heap) => (heap.isList ? [...heap.fields.values()] : [])),
      ),
    )
  if (sink.body !== undefined && sink.body.test(bodyText(machine, frame))) return
  if (sink.rule === 'missing-owner-check' && !isUnowned(machine, expr, args)) return
  // `%r` writes line breaks as `\\n`.
  const [format] = chosen
  if (sink.kind === 'log' && /%r|\{!r\}/.test(format?.text ?? '') && !/%s/.test(format?.text ?? '')) return
  for (const value of chosen) {
    if (
      sink.only === 'sql' &&
      !(value.text !== null && sqlText.test(value.text)) &&
      value.text !== null &&
      !/\0/.test(value.text)
    )
      continue
    if (sink.only === 'sql' && value.text !== null && !sqlText.test(value.text) && value.text !== '\0')
      continue
    if (sink.only === 'shell' && value.heap.length > 0 && value.text === null) continue
    if (machine.developing > 0 && sink.kind === 'exposure') continue
    const taint =
      sink.deep === true || (sink.kind !== 'mass' && value.heap.some((heap) => heap.isList))
        ? deepTaint(value)
        : value.taint
    for (const one of taint) {
      if (!counts(one, sink.kind) || (sink.strangers === true && one.source.category !== 'user')) continue
      // Of callers that we do not see only what is put into a text that reads like SQL counts.
      if (sink.only === 'sql' && one.source.category === 'param' && !sqlText.test(value.text ?? '')) continue
      if (sink.only === 'object' && (one.marks & marks.text) !== 0) continue
      if (sink.only === 'bare' && (one.marks & marks.embedded) !== 0) continue
      machine.report({
        rule: sink.rule,
        file: frame.file,
        at: expr.at,
        end: expr.end,
        taint: one,
        sink: writtenName(expr.callee) ?? 'a call',
      })
    }
  }
}
