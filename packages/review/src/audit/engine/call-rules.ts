import type { Expr } from '../ir/ir.ts'
import { optionOf, optionText } from './options.ts'
import { writtenName, type ArgValue, type Frame, type Machine } from './machine.ts'
import type { Value } from './value.ts'

const secretive = /passw|secret|token|sign|auth|credential|session|verif|hmac|api_?key/i

/** The line that a call stands on, with the calls that are chained to it. */
function statementText(machine: Machine, expr: Expr & { kind: 'call' }, frame: Frame): string {
  const text = machine.program.text(frame.file)
  const from = text.lastIndexOf('\n', expr.at) + 1
  return /^[^\n]*(?:\n\s*\.[^\n]*)*/.exec(text.slice(from, from + 600))?.[0] ?? ''
}

const answering = new WeakMap<Machine, boolean>()

/** Whether a program uses a framework of the web. */
function answersRequests(machine: Machine): boolean {
  let known = answering.get(machine)
  if (known === undefined) {
    known = [...machine.program.files.values()].some((file) =>
      /^\s*(?:from|import)\s+(?:flask|fastapi|django|starlette|aiohttp\.web|aiohttp|sanic|tornado|bottle|quart|falcon|pyramid)\b/m.test(
        file.text,
      ),
    )
    answering.set(machine, known)
  }
  return known
}

/** Calls that are wrong in themselves: weak algorithms, protections switched off. */
export function checkCallRules(
  machine: Machine,
  callee: Value,
  written: string | null,
  args: readonly ArgValue[],
  expr: Expr & { kind: 'call' },
  frame: Frame,
  ours: boolean,
): void {
  const around = [...frame.context, frame.fn?.name ?? ''].join(' ')
  for (const rule of machine.models.callRules.find(callee.refs, written, ours)) {
    if (rule.context !== undefined && !rule.context.test(around)) continue
    if (rule.notContext !== undefined && rule.notContext.test(around)) continue
    if (rule.notContext !== undefined && !secretive.test(around)) {
      const line = statementText(machine, expr, frame)
      if (rule.notContext.test(line) && !secretive.test(line)) continue
    }
    if (rule.web === true && !answersRequests(machine)) continue
    if (rule.notLiteral !== undefined && typeof args[rule.notLiteral]?.value.constant === 'string') continue
    if (rule.argument !== undefined) {
      const value = args[rule.argument.index]?.value
      const text = value === undefined ? null : optionText(value)
      if (text === null ? rule.argument.missing !== true : !rule.argument.matches.test(text)) continue
    }
    if ((rule.absent ?? []).some((name) => optionOf(args, name) !== null)) continue
    const fits = Object.entries(rule.options ?? {}).every(([name, pattern]) => {
      const value = optionOf(args, name)
      return value !== null && pattern.test(optionText(value))
    })
    if (fits)
      machine.report({
        rule: rule.rule,
        ...((rule.rule === 'hardcoded-secret'
          ? literalAt(machine, args[rule.argument?.index ?? 0], frame)
          : null) ?? { file: frame.file, at: expr.at, end: expr.end }),
        taint: null,
        sink: writtenName(expr.callee) ?? 'a call',
      })
  }
}

/** Where a fixed text that comes from elsewhere is written; null where it stands in the call itself or is not found. */
function literalAt(
  machine: Machine,
  arg: ArgValue | undefined,
  frame: Frame,
): { file: string; at: number } | null {
  const text = arg?.value.constant
  if (typeof text !== 'string' || arg?.expr?.kind === 'literal') return null
  for (const file of [frame.file, ...machine.program.files.keys()]) {
    const source = machine.program.files.get(file)?.text ?? ''
    for (const quote of ["'", '"', '`']) {
      const at = source.indexOf(quote + text + quote)
      if (at !== -1) return { file, at }
    }
  }
  return null
}
