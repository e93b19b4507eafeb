import { cutToWidth } from './display-width.ts'

/** Time for people: 0.4 s, 12 s, 3 min 05 s. */
export function duration(ms: number): string {
  if (ms < 10_000) return `${(ms / 1_000).toFixed(1)} s`
  if (ms < 60_000) return `${Math.round(ms / 1_000)} s`
  const seconds = Math.round(ms / 1_000)
  return `${Math.floor(seconds / 60)} min ${String(seconds % 60).padStart(2, '0')} s`
}

export function tokens(count: number): string {
  if (count < 1_000) return String(count)
  if (count < 1_000_000) return `${(count / 1_000).toFixed(count < 10_000 ? 1 : 0)}k`
  return `${(count / 1_000_000).toFixed(1)}M`
}

export function money(usd: number | null): string {
  if (usd === null) return 'no price'
  return usd < 0.01 && usd > 0 ? `$${usd.toFixed(4)}` : `$${usd.toFixed(2)}`
}

export function count(n: number, one: string, many = `${one}s`): string {
  return `${n} ${n === 1 ? one : many}`
}

/** A text as one line of at most `width` columns. */
export function oneLine(text: string, width: number): string {
  // More than this cannot be shown; a text may have megabytes.
  return cutToWidth(
    text
      .slice(0, 8 * width + 200)
      .replace(/\s+/g, ' ')
      .trim(),
    width,
  )
}

/** 2026-11-23 19:05, in the zone of the reader. */
export function localTime(time: number): string {
  const two = (value: number) => String(value).padStart(2, '0')
  const date = new Date(time)
  const day = `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())}`
  return `${day} ${two(date.getHours())}:${two(date.getMinutes())}`
}
