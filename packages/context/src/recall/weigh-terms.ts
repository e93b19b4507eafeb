import { stemTerm } from './tokenise.ts'

export interface WeighedTerm {
  term: string
  /** Passages that hold it. */
  count: number
  weight: number
}

/** Words that say what kind of thing is looked for, not which: beside a name they choose among its passages. */
const KINDS = new Set(
  `value setting settings option config configuration number address name id limit threshold maximum minimum size large small rule rules
policy requirement constraint mandatory forbidden allowed required prohibited choice decision reason rationale interface signature shape
contract type format assumption guess hypothesis approach attempt alternative failure failed broken problem issue status todo pending
step task plan code source file place location command invocation version default special case exception local global applies works
belongs said mentioned picked chosen left launch start odd strange new old current last first kind sort thing stuff something somebody
anything statement note info information detail description background question answer result output text key key around here elsewhere
unconfirmed confirmed locally supposed abandoned rejected off limits demand came give gave`
    .split(/\s+/)
    .map((word) => stemTerm(word)),
)

/** Known terms with their weights, heaviest first: rarity among all passages, less for words of a kind. */
export function weighTerms(
  terms: readonly string[],
  frequency: { total(): number; of(term: string): number },
): WeighedTerm[] {
  const total = frequency.total()
  return terms
    .map((term) => {
      const count = frequency.of(term)
      return { term, count, weight: rarity(count, total) * (KINDS.has(term) ? 0.3 : 1) }
    })
    .filter(({ count }) => count > 0)
    .sort((a, b) => b.weight - a.weight)
}

/** From near 0, in every passage, to 1, in one only. */
export function rarity(count: number, total: number): number {
  return Math.log((total + 2) / (count + 1)) / Math.log(total + 2)
}
