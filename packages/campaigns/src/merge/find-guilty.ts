export interface Verdict<T> {
  /** Green together. */
  good: T[]
  guilty: T[]
}

const bits = (count: number) => Math.ceil(Math.log2(Math.max(1, count)))

/**
 * Finds what makes a red batch red. `isGreen` checks a part of it, in order, on a green base; the whole is known to be
 * red. The first red prefix names a guilty item; it is taken out, and the search goes on behind it. Items that are red only together
 * lose the later one. 32 items with two guilty ones take at most 11 checks.
 */
export async function findGuilty<T>(
  items: readonly T[],
  isGreen: (part: readonly T[]) => Promise<boolean>,
): Promise<Verdict<T>> {
  const good: T[] = []
  const guilty: T[] = []
  let rest = [...items]
  let isRed = true
  while (rest.length > 0) {
    // All of a rest at once is worth a check, unless it is long and few are known to be guilty: then "none is guilty" is
    // one more outcome of the search.
    const few = guilty.length < 2 && 1 + bits(rest.length) > bits(items.length)
    if (!isRed && !few) {
      if (await isGreen([...good, ...rest])) break
      isRed = true
    }
    // Prefixes up to `low` are green; prefixes from `high` on are red, or there is none.
    let low = 0
    let high = isRed ? rest.length : rest.length + 1
    while (high - low > 1) {
      const middle = Math.floor((low + high) / 2)
      if (await isGreen([...good, ...rest.slice(0, middle)])) low = middle
      else high = middle
    }
    const found = rest[high - 1]
    if (found === undefined) break
    good.push(...rest.slice(0, high - 1))
    guilty.push(found)
    rest = rest.slice(high)
    isRed = false
  }
  return { good: [...good, ...rest], guilty }
}
