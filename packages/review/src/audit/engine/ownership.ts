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
  const sql = args[0]?.value.text ?? ''
  const table = /\b(?:from|update|into)\s+["`]?(?:\w+\.)?(\w+)/i.exec(sql)?.[1]
  const of =
    table ??
    (/get_object_or_404|\.get$/.test(written) && first !== '' ? first : written.replace(/\.\w+$/, ''))
  if (!personal.test(of) || machine.frames.some(({ file }) => staffOnly.test(file))) return false
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
  if (!knowsPeople(machine)) return false
  // What stands around a handler where it is registered says nothing about it.
  const handler = machine.frames.findLastIndex((one) => machine.handlers.has(one.fn))
  return machine.frames
    .slice(Math.max(handler, 0))
    .every(({ fn, file }) => !identity.test(textOf(machine, fn, file)) && !staffOnly.test(fn.name))
}
