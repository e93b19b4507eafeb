import type { Value } from './value.ts'

const numbers = new WeakMap<object, number>()
let next = 1
const idOf = (object: object): number => {
  let id = numbers.get(object)
  if (id === undefined) numbers.set(object, (id = next++))
  return id
}

function one(value: Value, depth: number): string {
  const parts: string[] = []
  if (value.taint.length > 0)
    parts.push(
      't',
      value.taint.map((taint) => `${idOf(taint.source)}.${taint.clear}.${taint.marks}`).join(','),
    )
  if (value.refs.length > 0) parts.push('r', value.refs.join(','))
  if (value.constant !== undefined) parts.push('c', String(value.constant))
  else if (value.text !== null) parts.push('x', value.text)
  if (value.fns.length > 0)
    parts.push('f', value.fns.map((closure) => `${idOf(closure.fn)}.${idOf(closure.scope)}`).join(','))
  if (value.classes.length > 0) parts.push('k', value.classes.map(idOf).join(','))
  for (const heap of value.heap) {
    if (depth === 0 || heap.cls !== null) parts.push('h', String(idOf(heap)))
    else {
      parts.push('{')
      for (const [name, inner] of heap.fields) parts.push(name, ':', one(inner, depth - 1))
      if (heap.rest !== null) parts.push('*', one(heap.rest, depth - 1))
      parts.push('}')
    }
  }
  return parts.join('')
}

/** A text that is equal for arguments that a function cannot tell apart, as far as we follow them. */
export function digest(args: readonly Value[], self: Value | null): string {
  return `${args.map((arg) => one(arg, 2)).join('|')}@${self === null ? '' : one(self, 1)}`
}
