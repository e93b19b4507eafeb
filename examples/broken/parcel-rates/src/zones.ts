export type Zone = 'domestic' | 'neighbour' | 'world'

const NEIGHBOURS = new Set(['AT', 'BE', 'CH', 'DK', 'FR', 'NL', 'PL'])

export function zoneOf(country: string, home = 'DE'): Zone {
  if (country === home) return 'domestic'
  return NEIGHBOURS.has(country) ? 'neighbour' : 'world'
}

/** Cents per started kilogram, and the least that a parcel costs. */
export const RATES: Record<Zone, { perKg: number; minimum: number }> = {
  domestic: { perKg: 120, minimum: 499 },
  neighbour: { perKg: 250, minimum: 999 },
  world: { perKg: 700, minimum: 1999 },
}
