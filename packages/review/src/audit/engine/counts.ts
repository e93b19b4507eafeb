import { bit, type Kind } from '../models/kinds.ts'
import { marks, type Taint } from './value.ts'

/** Sources that library code, whose callers are not seen, is held to. */
const paramKinds = new Set([
  'sql',
  'command',
  'code',
  'deserialize',
  'prototype',
  'ldap',
  'xpath',
  'template',
  'archive',
])
const cliKinds = new Set(['command', 'code', 'deserialize', 'sql'])

/** Whether a taint counts for a kind of sink. */
export function counts(taint: Taint, kind: Kind): boolean {
  if ((taint.clear & bit(kind)) !== 0) return false
  if (taint.source.category === 'random') return kind === 'secret'
  if (kind === 'secret') return false
  if ((taint.source.category === 'error') !== (kind === 'exposure')) return false
  if (taint.source.category === 'error') return true
  if (taint.source.category === 'param')
    return (
      paramKinds.has(kind) &&
      (kind === 'prototype' ||
        kind === 'deserialize' ||
        kind === 'archive' ||
        (taint.marks & marks.embedded) !== 0)
    )
  return taint.source.category === 'user' || cliKinds.has(kind)
}
