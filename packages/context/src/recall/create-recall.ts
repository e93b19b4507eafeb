import type { Event } from '@cairn/journal'
import type { RecallQuery, RecallResult } from '../context.ts'
import { parseHandle } from '../ingest/handle.ts'
import type { Entry } from '../ledger/entry.ts'
import { openIndex, removeIndex } from './recall-index.ts'
import type { RecallIndex } from './recall-index.ts'
import { recallRef } from './recall-ref.ts'
import type { RecallPorts, RecallState } from './recall-state.ts'
import { recallQuery } from './recall-query.ts'
import { indexTerms } from './tokenise.ts'

export type { RecallPorts }

export interface Recall {
  recall(query: RecallQuery): RecallResult
  /** Takes the next events into the index, a bounded number of them, where enough have come. `last`: the newest position. */
  catchUp(last: number): void
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
  const opened = (): RecallIndex => (index ??= openIndex(ports.file, ports.event))
  const add = (events: Iterable<Event>) => opened().add(events, (sha) => ports.blob(sha))
  /** A file that broke after it was opened is thrown away, and the work done again with a new one. */
  function robust<T>(work: () => T): T {
    try {
      return work()
    } catch (error) {
      if (ports.file === undefined || !isDatabaseError(error)) throw error
      index?.close()
      index = null
      removeIndex(ports.file)
      return work()
    }
  }
  const state: RecallState = {
    ports,
    index() {
      add(ports.events(opened().position()))
      return opened()
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
      return robust(() => recallQuery(state, { ...query, query: words === '' ? (query.grep ?? '') : words }))
    },
    catchUp(last) {
      if (index !== null && last - index.position() < PORTION) return
      robust(() => {
        const from = opened().position()
        if (last - from >= PORTION) add(first(ports.events(from), PORTION))
      })
    },
    close() {
      index?.close()
      index = null
    },
  }
}

/** Events that one `catchUp` takes: some hundred milliseconds where they have much text. */
const PORTION = 256

function* first<T>(items: Iterable<T>, most: number): Iterable<T> {
  let left = most
  for (const item of items) {
    if (left-- <= 0) return
    yield item
  }
}

function isDatabaseError(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'ERR_SQLITE_ERROR'
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
