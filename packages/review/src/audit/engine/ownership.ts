import type { Expr, Fn } from '../ir/ir.ts'
import { writtenName, type ArgValue, type Frame, type Machine } from './machine.ts'
import { deepTaint, type Value } from './value.ts'

/** Records that belong to somebody. */
const personal =
  /(?:order|invoice|message|account|profile|document|payment|booking|reservation|ticket|note|address|card|cart|basket|report|patient|record|file|upload|attachment|transaction|statement|subscription|prescription|appointment|medical|bank|wallet|claim|contract|salary|payroll|loan|policy|receipt|purchase|task|todo|project|draft|letter|mail|thread|conversation|chat|token|key|device|session|setting|preference|private|user|member|customer|employee|shipment|quote|refund|transfer|photo|album|diary|journal|visit|result|exam|grade|submission|application)s?(?:\b|_|repo|store|model|service|$)/i
/** What shows that a function cares who asks. */
const identity =
  /\b(?:req|request|ctx|c|context|res|info|self\.request|g)\.(?:user|session|auth|account|currentUser|principal|identity|userId|locals\.(?:user|claims|account)|state\.user|get\(['"](?:user|userId|session|jwtPayload))|\bcurrent_?user\b|\bsession(?:\[|\.get\(|\.user)|\b\w+\.userId\b|\b(?:owner|tenant|author|customer|creator|user|account|org(?:anization|anisation)?|team|member)_?id\b|\bowner\b|\bcan[A-Z]\w+\(|\bauthori[sz]e\w*\(|permission|forbidden|policy|\bability\b|\bassert\w*(?:Own|Access)|\bis_?(?:admin|staff|owner|superuser)|\brole\b|user\[|user\.(?:id|pk|sub)\b|\bclaims\b/i
const someoneSignedIn =
  /\breq(?:uest)?\.(?:user\w*|session|auth|account\w*)\b|\bcurrent_?user\b|login_required|LoginRequired|IsAuthenticated|ctx\.state\.user|UseGuards|\brequire(?:Auth|User|Login)|\bisAuthenticated|passport\.|\bauthenticate\b|jwt_required|verify_?token/i
const staffOnly = /admin|staff|backoffice|internal|superuser|moderator/i

/** The text of the function that runs, without its parameters and comments; empty outside of functions. */
export function bodyText(machine: Machine, frame: Frame): string {
  return frame.fn === null ? '' : textOf(machine, frame.fn, frame.file)
}

const texts = new WeakMap<Fn, string>()

function textOf(machine: Machine, fn: Fn, file: string): string {
  let text = texts.get(fn)
  if (text === undefined) {
    const from = fn.body[0]?.at ?? fn.at
    text = (machine.program.files.get(file)?.text ?? '')
      .slice(from, fn.end)
      .replace(/\/\*[\s\S]*?\*\/|(?<![:"'`])\/\/[^\n]*|(?:^|\s)#[^\n]*/g, ' ')
    texts.set(fn, text)
  }
  return text
}

/** The class that a chain of calls asks for: `query(Invoice).filter_by` → `Invoice`. */
function modelOf(expr: Expr): string | null {
  if (expr.kind === 'member') return modelOf(expr.object)
  if (expr.kind !== 'call') return null
  const [first] = expr.args
  return /(?:^|\.)(?:query|select)$/.test(writtenName(expr.callee) ?? '') && first !== undefined
    ? writtenName(first.value)
    : modelOf(expr.callee)
}

/** Whether a query names what is looked up by its identifier: a token or an address shows by itself that one may ask. */
const asksById = (query: Value, depth: number): boolean =>
  query.heap.some((heap) =>
    [...heap.fields].some(
      ([name, value]) =>
        (/^(?:_?id|pk|uuid|\w+(?:Id|_id|Uuid))$/.test(name) && deepTaint(value, 1).length > 0) ||
        (depth > 0 && asksById(value, depth - 1)),
    ),
  )

const known = new WeakMap<Machine, boolean>()

/** Whether the program knows who has signed in at all. */
function knowsPeople(machine: Machine): boolean {
  let knows = known.get(machine)
  if (knows === undefined) {
    knows = [...machine.program.files.values()].some((file) => someoneSignedIn.test(file.text))
    known.set(machine, knows)
  }
  return knows
}

/**
 * Whether a record of a person is looked up by an identifier from outside although no function on the way asks whose it is. Only
 * in programs that know who has signed in: elsewhere everybody may read everything.
 */
export function isUnowned(
  machine: Machine,
  expr: Expr & { kind: 'call' },
  args: readonly ArgValue[],
): boolean {
  const written = writtenName(expr.callee) ?? ''
  const first = args[0]?.expr === null || args[0] === undefined ? '' : (writtenName(args[0].expr) ?? '')
  const sql = written.endsWith('.filter_by') ? '' : (args[0]?.value.text ?? '')
  const table = /\b(?:from|update|into)\s+["`]?(?:\w+\.)?(\w+)/i.exec(sql)?.[1]
  const of =
    table ??
    (written.endsWith('.filter_by') ? modelOf(expr.callee) : null) ??
    (/get_object_or_404|\.get$/.test(written) && first !== '' ? first : written.replace(/\.\w+$/, ''))
  if (!personal.test(of)) return false
  if (
    table !== undefined &&
    !/\bwhere\s+(?:\w+\.)?"?\w*id"?\s*=\s*(?:\$\d|\?|%s|:\w+|\0)\s*;?\s*(?:limit\b.*|returning\b.*)?$/i.test(
      sql,
    )
  )
    return false
  if (
    table === undefined &&
    args.some((arg) => arg.value.heap.length > 0) &&
    !args.some((arg) => asksById(arg.value, 2))
  )
    return false
  return nobodyAsks(machine)
}

/** Whether no function on the way asks who is there, in a program that could. */
function nobodyAsks(machine: Machine): boolean {
  if (machine.frames.some(({ file }) => staffOnly.test(file)) || !knowsPeople(machine)) return false
  // What stands around a handler where it is registered says nothing about it.
  const handler = machine.frames.findLastIndex((one) => machine.handlers.has(one.fn))
  return machine.frames
    .slice(Math.max(handler, 0))
    .every(({ fn, file }) => !identity.test(textOf(machine, fn, file)) && !staffOnly.test(fn.name))
}

const identifier = /^(?:_?id|pk|uuid|\w+_id)$/

/**
 * A query of SQLAlchemy or alike that names a record of a person by an identifier from outside, and nothing else: `Invoice.id == number`
 * inside of `select(Invoice)` or `query(Invoice)`.
 */
export function checkRecordQuery(machine: Machine, expr: Expr & { kind: 'compare' }, frame: Frame): void {
  if (expr.op !== '==' || machine.program.files.get(frame.file)?.language !== 'python') return
  const { left, right } = expr
  if (left.kind !== 'member' || left.object.kind !== 'name' || !identifier.test(left.name)) return
  const model = left.object.name
  if (!/^[A-Z]/.test(model) || !personal.test(model)) return
  const text = bodyText(machine, frame)
  if (!new RegExp(`\\b(?:select|query|update|delete)\\(\\s*${model}\\b`).test(text)) return
  const budget = machine.budget
  const taint = machine.expr(right, frame).taint.find((one) => one.source.category === 'user')
  machine.budget = budget
  if (taint === undefined || !nobodyAsks(machine)) return
  machine.report({
    rule: 'missing-owner-check',
    file: frame.file,
    at: expr.at,
    taint,
    sink: `${model}.${left.name}`,
  })
}
