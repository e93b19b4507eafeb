import type { Expr } from '../ir/ir.ts'
import { bit, everything } from '../models/kinds.ts'
import { strippedKinds } from '../regex/is-safe-pattern.ts'
import type { ArgValue, Frame } from './machine.ts'
import type { Value } from './value.ts'

/** One call with what is known about its parts. */
export interface CallSite {
  expr: Expr & { kind: 'call' }
  receiver: Value | null
  callee: Value
  args: readonly ArgValue[]
  written: string | null
  frame: Frame
}

/** What replacing a pattern in a text makes it safe for. */
export function replacedKinds(pattern: Value, global: boolean): number {
  if (pattern.text === null) return 0
  const kinds = strippedKinds(pattern.text, global)
  if (kinds.includes('everything')) return everything & ~bit('secret')
  return kinds.reduce((sum, kind) => sum | (kind === 'everything' ? 0 : bit(kind)), 0)
}
