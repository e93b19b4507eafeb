/** Expressions that one function may take which strangers reach, with all that it calls. */
export const entryBudget = 15_000
/** The same for functions that only callers enter that we do not see: of them, what is near matters. */
const calledBudget = 4_000
/** Expressions that all functions of one file together may take: about a second. */
const fileBudget = 400_000

/** Says how far functions are followed, and remembers the files that took too much. */
export interface Budgets {
  /** Expressions that a function of a file may take; null where the file has had its share. */
  grant(file: string, strangers: boolean): number | null
  spend(file: string, expressions: number): void
  /** Files of which not all functions were followed. */
  shortened(): string[]
}

/** Makes the budgets of one run. */
export function createBudgets(): Budgets {
  const spent = new Map<string, number>()
  const shortened = new Set<string>()
  return {
    grant(file, strangers) {
      if ((spent.get(file) ?? 0) <= fileBudget) return strangers ? entryBudget : calledBudget
      shortened.add(file)
      return null
    },
    spend: (file, expressions) => void spent.set(file, (spent.get(file) ?? 0) + expressions),
    shortened: () => [...shortened].toSorted(),
  }
}
