import { readSaved, type ContextConfig, type ContextEngine, type SavedContext } from '@cairn/context'
import type { Event, Store } from '@cairn/journal'
import { createHash } from 'node:crypto'
import { closeSync, fsyncSync, openSync, readFileSync, renameSync, rmSync, writeSync } from 'node:fs'
import { basename } from 'node:path'
import { deserialize, serialize } from 'node:v8'
import type { SessionState } from './session-state.ts'

/** A session as it was folded up to an event, so that a resume reads only what came after. */
interface CachedSession {
  /** Position of the last event in it. */
  position: number
  state: SessionState
  context: SavedContext
}

/** Below this many events a journal is folded faster than a cache is worth. */
const LEAST_EVENTS = 500
const FORMAT = 1
const DIGEST_BYTES = 32

/**
 * What must be the same for a cache to be of use: the code, the runtime whose serialisation it is, and everything that a
 * projection depends on besides the journal. Null where the code has no name that changes with it (it runs from
 * source): then there is no cache.
 */
function cacheKey(config: ContextConfig, code: string | null): string | null {
  return code === null
    ? null
    : digest(JSON.stringify([FORMAT, process.versions.v8, code, config])).toString('hex')
}

/** The name of the bundle chunk that a module is in, which has the hash of its content; null outside of a bundle. */
export function codeId(url: string): string | null {
  const name = basename(new URL(url).pathname)
  return /^chunk-[A-Z0-9]{8}\.js$/.test(name) ? name : null
}

/** The cache of one session, beside its journal. */
export interface SessionCache {
  read(): CachedSession | null
  /**
   * Keeps the session as it is now, where at least `news` events (default: any) came since the last time. All events
   * of the journal must have been taken.
   */
  write(state: SessionState, context: Pick<ContextEngine, 'save'>, news?: number): void
}

/** `code`: see `cacheKey`. */
export function openSessionCache(
  journal: string,
  store: Pick<Store, 'read' | 'head'>,
  config: ContextConfig,
  code: string | null,
): SessionCache {
  const key = cacheKey(config, code)
  const file = `${journal}.context`
  const eventAt = (seq: number) => [...store.read({ from: seq, to: seq })][0]
  let kept = 0
  return {
    read() {
      const found = key === null ? null : readSessionCache(file, key, eventAt)
      // Turns that were undone since may be folded into it.
      const from = (found?.position ?? 0) + 1
      const rewound = found !== null && !store.read({ from, kinds: ['session.rewound'] }).next().done
      const cached = rewound ? null : found
      kept = cached?.position ?? 0
      return cached
    },
    write(state, context, news = 1) {
      const position = store.head().size
      if (key === null || position < LEAST_EVENTS || position < kept + news) return
      const last = eventAt(position)
      if (last) writeSessionCache(file, key, { position, state, context: context.save() }, last)
      kept = position
    },
  }
}

/**
 * Reads what `writeSessionCache` wrote. Null where there is nothing of use: no file, a damaged one, another key, or a
 * journal (`eventAt`) that does not have the event it ends with.
 */
function readSessionCache(
  file: string,
  key: string,
  eventAt: (seq: number) => Event | undefined,
): CachedSession | null {
  let bytes: Buffer
  try {
    bytes = readFileSync(file)
  } catch {
    return null
  }
  const body = bytes.subarray(DIGEST_BYTES)
  if (bytes.length <= DIGEST_BYTES || !digest(body).equals(bytes.subarray(0, DIGEST_BYTES))) return null
  const value: unknown = deserialize(body)
  if (!isRecord(value) || value['key'] !== key || !Number.isInteger(value['position'])) return null
  const position = Number(value['position'])
  const last = eventAt(position)
  const context = readSaved(value['context'])
  if (last === undefined || context === undefined || value['last'] !== eventDigest(last)) return null
  // The digest says that these are the bytes that were written, and the key that the same code wrote them.
  return { position, state: value['state'] as SessionState, context }
}

/**
 * Writes a cache aside and moves it into place. A cache that cannot be written is none:
 * failures are not reported, and an older one is taken away.
 */
function writeSessionCache(file: string, key: string, cached: CachedSession, last: Event): void {
  const aside = `${file}.${process.pid}`
  try {
    const body = serialize({ key, last: eventDigest(last), ...cached })
    const handle = openSync(aside, 'w', 0o600)
    try {
      writeSync(handle, digest(body))
      writeSync(handle, body)
      fsyncSync(handle)
    } finally {
      closeSync(handle)
    }
    renameSync(aside, file)
  } catch {
    for (const name of [aside, file]) rmSync(name, { force: true })
  }
}

function eventDigest(event: Event): string {
  const { seq, time, turn, step, kind, body } = event
  return digest(JSON.stringify([seq, time, turn, step, kind, body])).toString('hex')
}

function digest(data: string | Uint8Array): Buffer {
  return createHash('sha256').update(data).digest()
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null
}
