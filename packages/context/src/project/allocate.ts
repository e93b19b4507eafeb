/** What one part of the record asks for. */
export interface Claim {
  /** Tokens with which nothing of it would be left out. */
  need: number
  /** Share of the whole budget that nobody before it may take. */
  floor: number
}

/**
 * Deals out a budget: first to each claim its floor (never more than it needs), then what is free in the order of the
 * claims, so that the first ones are whole before a later one gets more than its floor. Returns tokens by claim.
 */
export function allocate(claims: readonly Claim[], budget: number): number[] {
  const floors = claims.reduce((sum, claim) => sum + claim.floor, 0)
  const scale = floors > 1 ? 1 / floors : 1
  const grants = claims.map(({ need, floor }) =>
    Math.min(need, Math.floor(Math.max(0, budget) * floor * scale)),
  )
  let free = budget - grants.reduce((sum, grant) => sum + grant, 0)
  return grants.map((grant, index) => {
    const more = Math.max(0, Math.min((claims[index]?.need ?? 0) - grant, free))
    free -= more
    return grant + more
  })
}
