import type { Unit } from './line-units.ts'

/** Estimated tokens of a gap line or of the mark in a cut line. */
const MARK = 34
const CONTEXT = 2

/** Tokens of one unit with its newline; sums of it are never below the estimate of the joined text. */
function unitCost(unit: Unit): number {
  let other = 0
  for (let i = 0; i < unit.text.length; i++) if (unit.text.charCodeAt(i) > 126) other++
  return (unit.text.length - other + 1) / 4 + other + (unit.cut ? MARK : 0)
}

/**
 * Chooses which lines to show: all where they fit, else head 30 %, tail 50 % and windows around errors 20 %.
 * What the windows do not need goes to the tail. One pass, holding no more than the budget.
 */
export function selectUnits(units: Iterable<Unit>, budget: number): Unit[] {
  const head: Unit[] = []
  const windows = new WindowPicker(budget * 0.2)
  const queue: { unit: Unit; cost: number }[] = []
  let [first, headCost, queueCost, dropped, headOpen] = [0, 0, 0, false, true]
  const limit = budget - 2 * MARK
  for (const unit of units) {
    const cost = unitCost(unit)
    if (headOpen && headCost + cost <= limit * 0.3) {
      head.push(unit)
      headCost += cost
      continue
    }
    headOpen = false
    queue.push({ unit, cost })
    queueCost += cost
    while (queueCost > limit - headCost - windows.spent) evict()
  }
  while (dropped && queueCost > limit - headCost - windows.spent) evict()
  return [...head, ...windows.picked, ...queue.slice(first).map((entry) => entry.unit)]

  function evict(): void {
    const entry = queue[first++]
    if (!entry) return
    dropped = true
    queueCost -= entry.cost
    windows.offer(entry.unit, entry.cost)
    if (first > 4096 && first * 2 > queue.length) {
      queue.splice(0, first)
      first = 0
    }
  }
}

/** Picks error lines with their neighbours from a stream of lines that would otherwise be lost. */
class WindowPicker {
  readonly picked: Unit[] = []
  spent = 0
  readonly #budget: number
  readonly #seen = new Map<string, number>()
  #before: { unit: Unit; cost: number }[] = []
  #after = 0

  constructor(budget: number) {
    this.#budget = budget
  }

  offer(unit: Unit, cost: number): void {
    if (this.#wanted(unit)) {
      if (this.#after === 0) this.#open(cost)
      if (this.#take(unit, cost)) this.#after = CONTEXT
    } else if (this.#after > 0) {
      this.#after--
      this.#take(unit, cost)
    } else {
      this.#before.push({ unit, cost })
      if (this.#before.length > CONTEXT) this.#before.shift()
    }
  }

  /** The same error, but for numbers, is shown twice at most: the first ones are the telling ones. */
  #wanted(unit: Unit): boolean {
    if (!unit.error || this.spent >= this.#budget) return false
    const signature = unit.text.slice(0, 200).replace(/\d+/g, '0')
    const count = (this.#seen.get(signature) ?? 0) + 1
    if (this.#seen.size < 10_000) this.#seen.set(signature, count)
    return count <= 2
  }

  /** Lines before the error come along only where the error itself still fits. */
  #open(reserved: number): void {
    this.spent += MARK
    for (const { unit, cost } of this.#before)
      if (this.spent + cost + reserved <= this.#budget) this.#take(unit, cost)
    this.#before = []
  }

  #take(unit: Unit, cost: number): boolean {
    if (this.spent + cost > this.#budget) return false
    this.spent += cost
    this.picked.push(unit)
    return true
  }
}
