import { bits, type Kind } from '../models/kinds.ts'
import {
  cleared,
  deepTaint,
  join,
  joinTaints,
  marked,
  marks,
  onlyTaint,
  unknown,
  type Taint,
  type Value,
} from './value.ts'

/** What any element or field of a value may be. */
export function elements(value: Value): Value {
  let out: Value = onlyTaint(value.taint)
  for (const heap of value.heap) {
    for (const inner of heap.fields.values()) out = join(out, inner)
    if (heap.rest !== null) out = join(out, heap.rest)
  }
  if (out.text === null && out.constant === undefined) return out
  const { constant: _, ...rest } = out
  return { ...rest, text: null }
}

const fixedHost = /^[a-z][a-z0-9+.-]*:\/\/[^\s/?#\0]+[/?#]/i
const fixedPlace = /^(?:[/.]*[^\s/\\\0.][^\0]*[/?#=]|\/[^\s/\\\0]|[?#])/

/** The host comes next. */
const schemeOnly = /^[a-z][a-z0-9+.-]*:\/\/(?:[^\s/?#@\0]*@)?$/i

const hostKinds: readonly Kind[] = ['ssrf', 'redirect']

/** Joins texts: what stands behind a fixed beginning cannot choose the host any more. */
export function joinTexts(values: readonly Value[]): Value {
  let text = ''
  let taint: readonly Taint[] = []
  let constant = true
  for (const [position, value] of values.entries()) {
    if (value.constant === undefined || value.constant === null) constant = false
    let inner = joinTaints(value.taint, value.heap.length > 0 ? deepTaint(value, 2) : [])
    if (inner.length > 0) {
      if (position > 0 && (fixedHost.test(text) || (fixedPlace.test(text) && !schemeOnly.test(text))))
        inner = cleared(inner, bits(hostKinds))
      inner = marked(inner, marks.text | (position > 0 ? marks.embedded : 0))
      taint = joinTaints(taint, inner)
    }
    if (text.length < 4000)
      text +=
        value.text ??
        (value.constant === undefined || value.constant === null ? '\0' : String(value.constant))
  }
  const refs = values.flatMap((value) => value.refs.filter((ref) => ref.endsWith('digest()')))
  const value: Value = { ...unknown, taint, text, refs }
  if (constant) value.constant = text
  return value
}
