/** Seeded randomness (mulberry32): the same seed gives the same benchmark on every machine. */
export interface Prng {
  /** In [0, 1). */
  next(): number
  /** Whole number in [min, max]. */
  int(min: number, max: number): number
  pick<T>(list: readonly T[]): T
  chance(p: number): boolean
  shuffle<T>(list: readonly T[]): T[]
  /** `length` characters of base 36. */
  token(length: number): string
  /** An independent stream: drawing from it moves nothing here. */
  fork(label: string): Prng
}

export function createPrng(seed: number): Prng {
  let state = seed >>> 0
  const next = () => {
    state = (state + 0x6d2b79f5) >>> 0
    let t = state
    t = Math.imul(t ^ (t >>> 15), t | 1)
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61)
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296
  }
  const int = (min: number, max: number) => min + Math.floor(next() * (max - min + 1))
  const pick = <T>(list: readonly T[]): T => {
    const found = list[int(0, list.length - 1)]
    if (found === undefined) throw new Error('pick from an empty list')
    return found
  }
  return {
    next,
    int,
    pick,
    chance: (p) => next() < p,
    shuffle(list) {
      const out = list.slice()
      for (let i = out.length - 1; i > 0; i--) {
        const j = int(0, i)
        const [a, b] = [out[i], out[j]]
        if (a !== undefined && b !== undefined) [out[i], out[j]] = [b, a]
      }
      return out
    },
    token: (length) => Array.from({ length }, () => pick([...'abcdefghijkmnpqrstuvwxyz23456789'])).join(''),
    fork: (label) => createPrng(hash32(`${seed}/${label}`)),
  }
}

/** FNV-1a. */
export function hash32(text: string): number {
  let h = 0x811c9dc5
  for (let i = 0; i < text.length; i++) h = Math.imul(h ^ text.charCodeAt(i), 0x01000193)
  return h >>> 0
}
