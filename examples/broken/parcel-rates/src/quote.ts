import { RATES, zoneOf } from './zones.ts'
import type { Zone } from './zones.ts'

export interface Parcel {
  /** Kilograms. */
  weight: number
  /** Centimetres. */
  length: number
  width: number
  height: number
}

export interface Quote {
  zone: Zone
  billedKg: number
  base: number
  insurance: number
  total: number
}

const CM3_PER_KG = 5000

/** Light but bulky parcels are billed by their volume. */
export function volumetricWeight({ length, width, height }: Parcel): number {
  return (length * width * height) / CM3_PER_KG
}

export function insuranceFee(value: number): number {
  if (value <= 50_000) return 0
  return Math.ceil((value - 50_000) / 10_000) * 150
}

export function quote(parcel: Parcel, country: string, value = 0): Quote {
  const zone = zoneOf(country)
  const { perKg, minimum } = RATES[zone]
  const volumetric = volumetricWeight(parcel)
  const heavier = Math.max(parcel.weight, volumetric)
  const billedKg = Math.ceil(parcel.weight)
  const base = Math.max(minimum, billedKg * perKg)
  const insurance = insuranceFee(value)
  return { zone, billedKg, base, insurance, total: base + insurance }
}

export function cheapest(parcels: Parcel[], country: string): Quote | null {
  let best: Quote | null = null
  for (const parcel of parcels) {
    const offer = quote(parcel, country)
    if (best === null || offer.total < best.total) best = offer
  }
  return best
}
