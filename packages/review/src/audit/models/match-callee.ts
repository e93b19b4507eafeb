import type { Callee } from './model.ts'
import { receivers } from './receivers.ts'

function expand(pattern: string): string[] {
  const match = /\{([^{}]*)\}/.exec(pattern)
  if (match === null) return [pattern]
  const [all, list = ''] = match
  return list
    .split(',')
    .flatMap((one) => expand(pattern.slice(0, match.index) + one + pattern.slice(match.index + all.length)))
}

interface Entry<T> {
  receiver: string
  model: T
}

/** Splits a dotted name before its last part; calls in between keep their `()`. */
export function splitName(name: string): [receiver: string, method: string] {
  const dot = name.lastIndexOf('.')
  return dot === -1 ? ['', name] : [name.slice(0, dot), name.slice(dot + 1)]
}

/** A table of models by method name. */
export class ModelTable<T> {
  readonly #byMethod = new Map<string, Entry<T>[]>()
  readonly #known = new Map<string, readonly T[]>()

  constructor(models: readonly T[], calls: (model: T) => readonly Callee[]) {
    for (const model of models)
      for (const name of calls(model).flatMap(expand)) {
        const [receiver, method] = splitName(name)
        const list = this.#byMethod.get(method) ?? []
        list.push({ receiver, model })
        this.#byMethod.set(method, list)
      }
  }

  /** Models for a thing outside called `ref`, or written as `written` where nothing is known about it. */
  find(refs: readonly string[], written: string | null, ours: boolean): T[] {
    const found = new Set<T>()
    for (const ref of refs) for (const model of this.#models(ref, true, ours)) found.add(model)
    if (written !== null) for (const model of this.#models(written, refs.length === 0, ours)) found.add(model)
    return found.size === 0 ? [] : [...found]
  }

  #models(name: string, exact: boolean, ours: boolean): readonly T[] {
    const key = `${exact ? 1 : 0}${ours ? 1 : 0}${name}`
    let models = this.#known.get(key)
    if (models === undefined) {
      const found = new Set<T>()
      this.#collect(name, exact, ours, found)
      this.#known.set(key, (models = [...found]))
    }
    return models
  }

  #collect(name: string, exact: boolean, ours: boolean, found: Set<T>): void {
    const [receiver, method] = splitName(name)
    for (const entry of this.#byMethod.get(method) ?? []) {
      if (entry.receiver === '*' ? !ours && receiver !== '' : matches(entry.receiver, receiver, exact, ours))
        found.add(entry.model)
    }
  }
}

function matches(pattern: string, receiver: string, exact: boolean, ours: boolean): boolean {
  if (pattern.startsWith('*.')) return !ours && receiver.endsWith(pattern.slice(1))
  if (pattern.startsWith('$')) return !ours && (receivers[pattern]?.test(receiver) ?? false)
  return exact && pattern === receiver && !(ours && pattern === '')
}
