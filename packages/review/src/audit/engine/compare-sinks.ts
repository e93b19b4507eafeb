import type { Expr } from '../ir/ir.ts'
import { writtenName, type Frame, type Machine } from './machine.ts'

const secretValue =
  /(?:^|[._])(?:\w*(?:signature|hmac|digest|mac|api_?key|secret|csrf_?token|auth_?token|access_?token|password_?hash|reset_?token|webhook_?secret))(?:\(\))?$|\.(?:digest|hexdigest)\(\)$/i
const given =
  /(?:^|[._])(?:req|request|headers?|body|query|params|provided\w*|given\w*|received\w*|supplied\w*|input\w*|ctx|event|cookies|env|environ|config|settings|expected\w*|user_?\w*)(?:$|[._[(])/i
const notValue = /(?:type|name|length|count|id|status|field|mode)$/i

/** Whether an expression is a message authentication code that was just made. */
function isMac(machine: Machine, expr: Expr, frame: Frame): boolean {
  const budget = machine.budget
  const { refs } = machine.expr(expr, frame)
  machine.budget = budget
  return refs.some((ref) => /(?:createHmac|hmac\.(?:new|HMAC))\(\).*digest\(\)$/.test(ref))
}

/** Comparing a secret with `==` takes time that depends on how much of it is right. */
export function compareSinks(machine: Machine, expr: Expr & { kind: 'compare' }, frame: Frame): void {
  if (expr.op !== '==' && expr.op !== '!=') return
  if (expr.left.kind === 'literal' || expr.right.kind === 'literal') return
  const made = [expr.left, expr.right].findIndex((side) => isMac(machine, side, frame))
  if (made !== -1) {
    machine.report({
      rule: 'timing-compare',
      file: frame.file,
      at: expr.at,
      taint: null,
      sink: writtenName(made === 0 ? expr.left : expr.right) ?? 'an HMAC',
    })
    return
  }
  const names = [writtenName(expr.left), writtenName(expr.right)]
  if (names.some((name) => name === 'undefined' || name === 'None' || name === 'typeof()')) return
  const secret = names.find((name) => name !== null && secretValue.test(name) && !notValue.test(name))
  // Only where a stranger gives one of both can time be measured.
  if (
    !names.some((name) => name !== null && /hmac/i.test(name)) &&
    !names.some((name) => name !== null && given.test(name))
  )
    return
  if (/sec-websocket/i.test(machine.program.text(frame.file).slice(expr.at, expr.at + 120))) return
  const confirmed = names.some((name) => name !== null && /confirm|repeat|again|old|length|\[\]/i.test(name))
  if (secret === undefined || secret === null || confirmed) return
  machine.report({ rule: 'timing-compare', file: frame.file, at: expr.at, taint: null, sink: secret })
}
