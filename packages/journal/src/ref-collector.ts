import { blobRefs } from './blob-refs.ts'
import type { RawEvent } from './event-leaf.ts'
import type { HeldBlob } from './held-blob.ts'
import type { LogVerifier } from './log-verifier.ts'

/** Gathers which blobs a log refers to and which it says were erased, and compares with what is there. */
export interface RefCollector {
  collect(event: RawEvent): void
  check(held: Iterable<HeldBlob>, report: LogVerifier['report']): void
}

/** Starts with nothing. Memory: one entry for each blob that is referred to. */
export function createRefCollector(): RefCollector {
  const firstUse = new Map<string, number>()
  const erased = new Set<string>()

  return {
    collect({ seq, kind, body }) {
      if (kind !== 'user.message' && kind !== 'tool.done' && kind !== 'blob.erased') return
      const json = Buffer.from(body).toString('utf8')
      if (!json.includes('"sha256"')) return
      const parsed: unknown = JSON.parse(json)
      if (kind === 'blob.erased') {
        if (typeof parsed === 'object' && parsed !== null && 'sha256' in parsed)
          erased.add(String(parsed.sha256))
        return
      }
      for (const { sha256 } of blobRefs(kind, parsed)) {
        if (!firstUse.has(sha256)) firstUse.set(sha256, seq)
      }
    },
    check(held, report) {
      const present = new Set<string>()
      for (const blob of held) {
        present.add(blob.sha256)
        const seq = firstUse.get(blob.sha256) ?? null
        if (blob.erased) {
          if (!erased.has(blob.sha256)) {
            report(seq, 'blob-missing', `Blob ${blob.sha256} is marked as erased, but no event says so.`)
          }
          continue
        }
        const digest = blob.digest()
        if (digest === null) report(seq, 'blob-altered', `Blob ${blob.sha256} cannot be read.`)
        else if (digest.sha256 !== blob.sha256 || digest.bytes !== blob.bytes) {
          report(
            seq,
            'blob-altered',
            `Blob ${blob.sha256} is not what was stored: its bytes hash to ${digest.sha256}.`,
          )
        }
      }
      for (const [sha256, seq] of firstUse) {
        if (!present.has(sha256) && !erased.has(sha256)) {
          report(seq, 'blob-missing', `Event ${seq} refers to blob ${sha256}, which is not there.`)
        }
      }
    },
  }
}
