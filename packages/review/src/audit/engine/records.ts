import type { Expr } from '../ir/ir.ts'
import { safeType } from '../models/roles.ts'
import { counts } from './counts.ts'
import { writtenName, type ArgValue, type Frame, type Machine } from './machine.ts'
import { deepTaint, newHeap, type ClassValue, type Value } from './value.ts'

const model = /(?:^|[./])(?:models?|entities|orm|db|database|tables)(?:[./]|$)/i
const modelBase = /(?:^|\.)(?:Model|Base|DeclarativeBase|Document|SQLModel|Entity)$/

/** Whether a class stands for a table: by its bases, or by where it was imported from. */
function isTable(callee: Value): boolean {
  const ours = (cls: ClassValue): boolean =>
    cls.outside.some((ref) => modelBase.test(ref)) ||
    cls.bases.some(ours) ||
    (cls.cls.bases.length > 0 &&
      model.test(cls.file.replace(/\.py$/, '')) &&
      cls.cls.bases.some((base) => modelBase.test(writtenName(base) ?? '')))
  return callee.classes.some(ours) || callee.refs.some((ref) => model.test(ref.replace(/\.\w+$/, '')))
}

/** `Customer(**request.json)`: a record made of whatever fields a stranger names. */
export function checkRecord(
  machine: Machine,
  callee: Value,
  written: string | null,
  args: readonly ArgValue[],
  expr: Expr & { kind: 'call' },
  frame: Frame,
): void {
  if (written === null || !/(?:^|\.)[A-Z]\w*$/.test(written)) return
  const spread = args.find((arg) => arg.name === '**')
  if (spread === undefined) return
  // A name that a relative import could not find is known by the name alone.
  const unseen = callee === undefined || (callee.classes.length === 0 && callee.refs.length === 0)
  if (!isTable(callee) && !(unseen && importsFromModels(machine, frame, written))) return
  for (const one of deepTaint(spread.value, 1))
    if (counts(one, 'mass') && one.source.category === 'user' && (one.marks & 2) === 0)
      machine.report({
        rule: 'mass-assignment',
        file: frame.file,
        at: expr.at,
        end: expr.end,
        taint: one,
        sink: written,
      })
}

function importsFromModels(machine: Machine, frame: Frame, written: string): boolean {
  const text = machine.program.files.get(frame.file)?.text ?? ''
  const [root = ''] = written.split('.')
  return new RegExp(
    `^from\\s+\\S*(?:models?|entities|orm|database|tables)\\S*\\s+import\\b[^\\n]*\\b${root}\\b`,
    'm',
  ).test(text)
}

/** A value of which the class says that some fields are numbers. */
export function withNumbers(value: Value, cls: ClassValue | undefined): Value {
  const numbers = new Set<string>()
  const look = (one: ClassValue): void => {
    for (const field of one.cls.fields)
      if (field.type !== undefined && safeType.test(writtenName(field.type) ?? '')) numbers.add(field.name)
    one.bases.forEach(look)
  }
  if (cls !== undefined) look(cls)
  return numbers.size === 0 ? value : { ...value, heap: [{ ...newHeap(), numbers }] }
}
