import { createHash } from 'node:crypto'
import type { Item, ModelEvent, ModelInfo, ModelRequest, ToolDeclaration } from '../model.ts'
import type { ModelErrorCode } from '../model-error.ts'

/** What of a request decides on the answer. Routing keys are left out: they differ from session to session. */
export type RequestFacts = Pick<ModelRequest, 'system' | 'tools' | 'items' | 'maxOutput' | 'effort'>

/** First line of a recording. */
export interface RecordingHeader {
  v: 1
  info: ModelInfo
}

/**
 * One call. Requests grow, so a line holds only what differs from the request before: the items from `keep` on, and
 * system and tools where they changed.
 */
export interface RecordedCall {
  hash: string
  system?: string
  tools?: ToolDeclaration[]
  keep: number
  items: Item[]
  maxOutput?: number
  effort?: ModelRequest['effort']
  events: ModelEvent[]
  error?: { code: ModelErrorCode; message: string; hint?: string; status?: number; retryAfterMs?: number }
}

/** The facts of a request, in a fixed order of keys. */
export function requestFacts(request: ModelRequest): RequestFacts {
  const { system, tools, items, maxOutput, effort } = request
  return {
    system,
    tools,
    items,
    ...(maxOutput !== undefined && { maxOutput }),
    ...(effort !== undefined && { effort }),
  }
}

/** SHA-256 of the facts in canonical JSON (keys sorted), as hex. */
export function requestHash(request: ModelRequest): string {
  return createHash('sha256')
    .update(canonical(requestFacts(request)))
    .digest('hex')
}

/** JSON with sorted keys, so that the order in which an object was built does not matter. */
export function canonical(value: unknown): string {
  return JSON.stringify(value, (_, inner: unknown) =>
    typeof inner === 'object' && inner !== null && !Array.isArray(inner)
      ? Object.fromEntries(Object.entries(inner).sort(([a], [b]) => (a < b ? -1 : 1)))
      : inner,
  )
}

/** Where two values differ first, in words; null where they are the same. */
export function firstDifference(recorded: unknown, got: unknown, path = 'request'): string | null {
  if (canonical(recorded) === canonical(got)) return null
  if (Array.isArray(recorded) && Array.isArray(got)) {
    for (let i = 0; i < Math.min(recorded.length, got.length); i++) {
      const inner = firstDifference(recorded[i], got[i], `${path}[${i}]`)
      if (inner) return inner
    }
    return `${path} has ${got.length} entries, recorded were ${recorded.length}`
  }
  if (isRecord(recorded) && isRecord(got)) {
    for (const key of [...Object.keys(recorded), ...Object.keys(got).filter((key) => !(key in recorded))]) {
      const inner = firstDifference(recorded[key], got[key], `${path}.${key}`)
      if (inner) return inner
    }
  }
  return `${path}: recorded ${excerpt(recorded, got)}, got ${excerpt(got, recorded)}`
}

function isRecord(value: unknown): value is { [key: string]: unknown } {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

const CONTEXT_CHARS = 20
const EXCERPT_CHARS = 80

/** A short piece of a value around the place where it begins to differ from the other. */
function excerpt(value: unknown, other: unknown): string {
  if (value === undefined) return 'nothing'
  if (typeof value !== 'string' || typeof other !== 'string') return canonical(value).slice(0, EXCERPT_CHARS)
  let at = 0
  while (at < value.length && value[at] === other[at]) at++
  const start = Math.max(0, at - CONTEXT_CHARS)
  return JSON.stringify(value.slice(start, start + EXCERPT_CHARS))
}
