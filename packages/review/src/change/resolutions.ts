import { z } from 'zod'
import { ReviewError } from '../review-error.ts'
import type { ReviewFinding } from './review-finding.ts'

/** Where a repository keeps what people have settled. An agent cannot write there. */
export const RESOLUTIONS_FILE = '.cairn/review.json'

const resolution = z.object({
  fingerprint: z.string().regex(/^[0-9a-f]{32}$/),
  rule: z.string(),
  file: z.string(),
  by: z.string().min(1),
  reason: z.string().min(1),
  /** YYYY-MM-DD. */
  on: z.string().regex(/^\d{4}-\d{2}-\d{2}$/),
})
const file = z.object({ version: z.literal(1), resolved: z.array(resolution) })

/** A finding that a person has settled, and why. It counts again once its code changes, as its fingerprint does then. */
export type Resolution = z.infer<typeof resolution>

/** Reads the settled findings of a repository; null: it has no such file. Throws `ReviewError` `bad-baseline`. */
export function readResolutions(text: string | null): Resolution[] {
  if (text === null) return []
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch (error) {
    throw damaged(error instanceof Error ? error.message : String(error))
  }
  const parsed = file.safeParse(value)
  if (!parsed.success) throw damaged(z.prettifyError(parsed.error))
  return parsed.data.resolved
}

const damaged = (why: string) =>
  new ReviewError(
    'bad-baseline',
    `${RESOLUTIONS_FILE} cannot be read: ${why}`,
    'Mend it, or take it back from git; `cairn review --resolve` writes it.',
  )

const serialise = (resolved: readonly Resolution[]): string =>
  `${JSON.stringify({ version: 1, resolved: resolved.toSorted((a, b) => (a.fingerprint < b.fingerprint ? -1 : 1)) }, null, 1)}\n`

/** The finding that the beginning of a fingerprint names. Throws `ReviewError` `no-such-finding` for none or several. */
function named<T extends { fingerprint: string }>(all: readonly T[], id: string): T {
  const found = all.filter(({ fingerprint }) => fingerprint.startsWith(id))
  const [first] = found
  if (id.length >= 6 && found.length === 1 && first !== undefined) return first
  throw new ReviewError(
    'no-such-finding',
    `${JSON.stringify(id)} names ${found.length === 0 || id.length < 6 ? 'no finding' : 'several findings'} of this change.`,
    'Give the 12 characters that `cairn review` shows with a finding.',
  )
}

/** The text of the file with one more finding settled. */
export function withResolution(
  known: readonly Resolution[],
  findings: readonly ReviewFinding[],
  given: { id: string; by: string; reason: string; on: string },
): { text: string; resolution: Resolution } {
  const { id, ...rest } = given
  const { fingerprint, rule, place } = named(findings, id)
  const made: Resolution = { fingerprint, rule, file: place.file, ...rest }
  return {
    text: serialise([...known.filter((one) => one.fingerprint !== fingerprint), made]),
    resolution: made,
  }
}

/** The text of the file with one finding open again. */
export function withoutResolution(
  known: readonly Resolution[],
  id: string,
): { text: string; resolution: Resolution } {
  const gone = named(known, id)
  return { text: serialise(known.filter((one) => one !== gone)), resolution: gone }
}

/** Parts findings from those that are settled. */
export function applyResolutions(
  findings: readonly ReviewFinding[],
  known: readonly Resolution[],
): { open: ReviewFinding[]; resolved: Resolution[] } {
  const byFingerprint = new Map(known.map((one) => [one.fingerprint, one]))
  return {
    open: findings.filter(({ fingerprint }) => !byFingerprint.has(fingerprint)),
    resolved: findings.flatMap(({ fingerprint }) => byFingerprint.get(fingerprint) ?? []),
  }
}
