import type { Event } from '@cairn/journal'
import type { RecallQuery, RecallResult } from '../context.ts'
import { parseHandle } from '../ingest/handle.ts'
import type { Entry } from '../ledger/entry.ts'
import { openIndex } from './recall-index.ts'
import type { RecallIndex } from './recall-index.ts'
import { recallRef } from './recall-ref.ts'
import type { RecallPorts, RecallState } from './recall-state.ts'
import { recallQuery } from './recall-query.ts'
import { indexTerms } from './tokenise.ts'

export type { RecallPorts }

export interface Recall {
  recall(query: RecallQuery): RecallResult
  /** Releases the index. Safe where recall was never used. */
  close(): void
}

/**
 * The way back to everything that left the context (I9): by words, by handle, path, event or entry, with line and byte
 * ranges and grep. Built on first use and kept up with the journal from then on; a new one over the same journal
 * answers the same.
 */
export function createRecall(ports: RecallPorts): Recall {
  let index: RecallIndex | null = null
  const blobs = new Map<string, { sha256: string; seq: number }>()
  const terms = new WeakMap<Entry, ReadonlySet<string>>()
  let scanned = 0
  const state: RecallState = {
    ports,
    index() {
      index ??= openIndex(ports.file)
      index.add(ports.events(index.position()), (sha) => ports.blob(sha))
      return index
    },
    blobs() {
      for (const event of ports.events(scanned)) {
        scanned = event.seq
        for (const sha256 of blobsOf(event)) blobs.set(sha256.slice(0, 12), { sha256, seq: event.seq })
      }
      return blobs
    },
    termsOf(entry) {
      const known = terms.get(entry)
      if (known) return known
      const own = new Set(indexTerms(`${entry.text} ${entry.key ?? ''}`).split(' '))
      terms.set(entry, own)
      return own
    },
  }
  return {
    recall(query) {
      const ref = query.ref?.trim() ?? ''
      if (ref !== '') {
        const found = recallRef(state, { ...query, ref }, parseHandle(ref))
        if (found) return found
      }
      const words = [query.query ?? '', ref].join(' ').trim()
      return recallQuery(state, { ...query, query: words === '' ? (query.grep ?? '') : words })
    },
    close() {
      index?.close()
      index = null
    },
  }
}

function blobsOf(event: Event): string[] {
  if (event.kind === 'user.message') return (event.body.attachments ?? []).map((blob) => blob.sha256)
  if (event.kind !== 'tool.done') return []
  const { full, files, images } = event.body
  const hashes = [
    full?.sha256,
    ...(files ?? []).map((file) => file.after),
    ...(images ?? []).map((image) => image.sha256),
  ]
  return hashes.filter((sha256) => typeof sha256 === 'string')
}
