import type { Event } from '@cairn/journal'
import { occurs } from '../ledger/exact-tokens.ts'

/** Bytes of full outputs that are searched for a token which no bounded view shows. */
const MAX_BLOBS = 8_000_000

/** The text of a span of the journal, to ask whether a token occurs in it. */
export interface SpanCorpus {
  has(token: string): boolean
  /** Text by the user and of instruction files: only these may demand something. */
  binding: string
}

export function spanCorpus(
  events: readonly Event[],
  blob?: (sha256: string) => Uint8Array | null,
): SpanCorpus {
  const parts: string[] = []
  const binding: string[] = []
  const full: string[] = []
  for (const event of events) {
    if (
      event.kind === 'narrative.received' ||
      event.kind === 'narrative.dropped' ||
      event.kind === 'epoch.started'
    )
      continue
    collect(event.body, parts)
    if (event.kind === 'user.message' && event.body.by !== 'agent') binding.push(event.body.text)
    if (event.kind === 'instructions.loaded') for (const file of event.body.files) binding.push(file.text)
    if (event.kind === 'tool.done' && event.body.full) full.push(event.body.full.sha256)
  }
  const text = parts.join('\n')
  const asked = new Map<string, boolean>()
  let blobs: string | null = null
  return {
    binding: binding.join('\n'),
    has(token) {
      const known = asked.get(token)
      if (known !== undefined) return known
      let found = occurs(token, text)
      if (!found && blob && full.length > 0) {
        blobs ??= readBlobs(full, blob)
        found = occurs(token, blobs)
      }
      asked.set(token, found)
      return found
    },
  }
}

/** Every string in a body; strings that hold JSON are taken decoded too, so that escapes hide nothing. */
function collect(value: unknown, parts: string[]): void {
  if (typeof value === 'string') {
    parts.push(value)
    if (value.length > 1 && /^\s*[{[]/.test(value)) {
      try {
        collect(JSON.parse(value), parts)
      } catch {
        return
      }
    }
  } else if (typeof value === 'number') parts.push(String(value))
  else if (value !== null && typeof value === 'object')
    for (const item of Object.values(value)) collect(item, parts)
}

function readBlobs(hashes: readonly string[], blob: (sha256: string) => Uint8Array | null): string {
  const texts: string[] = []
  let left = MAX_BLOBS
  for (const sha of hashes) {
    const bytes = left > 0 ? blob(sha) : null
    if (!bytes) continue
    texts.push(new TextDecoder().decode(bytes.subarray(0, left)))
    left -= bytes.length
  }
  return texts.join('\n')
}
