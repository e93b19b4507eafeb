import type { ArgValue } from './machine.ts'
import type { Value } from './value.ts'

/**
 * The value of an option: a keyword argument, or a field of an object among the arguments; `cookie.secure` is one in another.
 * `keywordsOnly`: what stands in the value of another keyword is not looked at.
 */
export function optionOf(args: readonly ArgValue[], name: string, keywordsOnly = false): Value | null {
  const dot = name.indexOf('.')
  if (dot !== -1) {
    const outer = optionOf(args, name.slice(0, dot), keywordsOnly)
    return outer === null ? null : optionOf([{ value: outer, expr: null }], name.slice(dot + 1))
  }
  for (const arg of args) {
    if (arg.name === name) return arg.value
    if (keywordsOnly && arg.name !== undefined && arg.name !== '**') continue
    for (const heap of arg.value.heap) {
      const field = heap.fields.get(name)
      if (field !== undefined && !heap.isList) return field
    }
  }
  return null
}

/** How an option's value reads to a pattern. */
export const optionText = (value: Value): string =>
  value.constant !== undefined && value.constant !== null
    ? String(value.constant)
    : ((value.text === '' && value.refs.length > 0 ? null : value.text) ??
      (value.refs.join(' ') ||
        (value.heap.some((heap) => heap.isList)
          ? value.heap
              .flatMap((heap) => [...heap.fields.values()].map((one) => String(one.constant)))
              .join(' ')
          : '\0')))
