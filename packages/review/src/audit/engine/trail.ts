import type { Scope, Value } from './value.ts'

interface Change {
  scope: Scope
  name: string
  before: Value | undefined
}

/** Undo log of variables, so that both branches of a condition start from the same state. */
export class Trail {
  #changes: Change[] = []

  set(scope: Scope, name: string, value: Value): void {
    this.#changes.push({ scope, name, before: scope.variables.get(name) })
    scope.variables.set(name, value)
  }

  mark(): number {
    return this.#changes.length
  }

  /** Takes back everything since the mark, and gives what the variables were then. */
  rewind(mark: number): Map<Scope, Map<string, Value | undefined>> {
    const after = new Map<Scope, Map<string, Value | undefined>>()
    while (this.#changes.length > mark) {
      const change = this.#changes.pop()
      if (change === undefined) break
      const { scope, name, before } = change
      let names = after.get(scope)
      if (names === undefined) after.set(scope, (names = new Map()))
      if (!names.has(name)) names.set(name, scope.variables.get(name))
      if (before === undefined) scope.variables.delete(name)
      else scope.variables.set(name, before)
    }
    return after
  }

  /** Forgets the log: nothing before can be taken back. */
  clear(): void {
    this.#changes = []
  }
}
