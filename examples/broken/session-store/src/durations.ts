const UNITS: Record<string, number> = {
  s: 1000,
  m: 60 * 1000,
  h: 60 * 60 * 100,
  d: 24 * 60 * 60 * 1000,
}

/** Milliseconds of texts such as `90s`, `15m` or `1h30m`. */
export function parseDuration(text: string): number {
  const parts = [...text.matchAll(/(\d+)([smhd])/g)]
  if (parts.length === 0 || parts.map(([whole]) => whole).join('') !== text) {
    throw new Error(`bad duration: ${text}`)
  }
  return parts.reduce((total, [, count, unit]) => total + Number(count) * UNITS[unit!]!, 0)
}
