import type { Codec } from '../codec/codec.ts'
import { StreamCut } from '../codec/stream-events.ts'
import { ModelError } from '../model-error.ts'
import type { Model, ModelEvent } from '../model.ts'
import { classify, type Fault } from './classify.ts'
import type { ObservedFetch } from './observed-fetch.ts'

/** What retries need from outside, so that tests own time and chance. */
export interface RetryDeps {
  /** Resolves after `ms`; rejects or resolves early when the signal aborts. */
  sleep(ms: number, signal: AbortSignal): Promise<void>
  /** 0 ≤ x < 1. */
  random(): number
  /** Epoch milliseconds. */
  now(): number
}

/** Attempts in all, the first one included. */
const MAX_ATTEMPTS = 6
const MAX_CONNECTS = 3
const MAX_BAD_RESPONSES = 3
const FIRST_PAUSE_MS = 300
const PAUSE_CAP_MS = 30_000
const QUICK_PAUSE_MS = 100
/** A provider that asks for more than this gets no silent wait: the caller decides. */
const LONGEST_WAIT_MS = 300_000

/**
 * Runs a codec with all retries of this room; the provider packages do none of their own. Each failed attempt that is
 * tried again is told by a `retry` event, after which everything streamed before it is void.
 */
export function withRetries(codec: Codec, observed: ObservedFetch, deps: RetryDeps): Model['stream'] {
  return async function* (request, { signal }): AsyncGenerator<ModelEvent> {
    const seen = { attempts: 0, pauses: 0, cuts: 0, empty: 0 }
    for (;;) {
      if (signal.aborted) throw aborted(signal)
      seen.attempts++
      const watch = observed.watch(signal)
      let failure: unknown
      let complete = false
      const events = codec(request, watch.signal)[Symbol.asyncIterator]()
      try {
        let content = false
        for (let next = await events.next(); !next.done; next = await events.next()) {
          const event = next.value
          if (event.type !== 'finish') {
            content = true
            yield event
            continue
          }
          complete = true
          const blank = !content && request.compact === undefined && isBlank(event)
          if (blank && seen.empty === 0) throw new EmptyAnswer()
          yield blank ? { ...event, reason: 'other' } : event
          return
        }
        throw new StreamCut('the stream ended without its end marker')
      } catch (error) {
        failure = error
      } finally {
        if (complete) void drain(events, watch.stop)
        else {
          // Not `for await`: leaving one first waits until every stream in between has agreed to be cancelled. Aborting
          // closes the socket whatever they do.
          watch.stop()
          events.return?.().catch(() => undefined)
        }
      }
      if (signal.aborted) throw aborted(signal)
      let fault: Fault
      if (failure instanceof EmptyAnswer) {
        seen.empty++
        fault = { error: new ModelError('bad-response', failure.message), retry: 'at-once' }
      } else fault = classify(failure, watch.exchange, deps.now())
      const waitMs = pause(fault, seen, deps.random)
      if (waitMs === null) throw fault.error
      const { code, message } = fault.error
      yield { type: 'retry', attempt: seen.attempts, waitMs, code, message }
      if (waitMs > 0) {
        await deps.sleep(waitMs, signal).catch((error: unknown) => {
          if (!signal.aborted) throw error
        })
      }
    }
  }
}

const DRAIN_MS = 1000

/** Reads what is left behind the end marker, so that the connection can be used for the next request. */
async function drain(events: AsyncIterator<ModelEvent>, stop: () => void): Promise<void> {
  const timer = setTimeout(stop, DRAIN_MS).unref()
  try {
    while (!(await events.next()).done);
  } catch {
    // The answer is complete: how its connection ends no longer matters.
  } finally {
    clearTimeout(timer)
    stop()
  }
}

class EmptyAnswer extends Error {
  override readonly message = 'the model answered with nothing at all'
}

function isBlank(event: Extract<ModelEvent, { type: 'finish' }>): boolean {
  return event.reason === 'stop' || event.reason === 'other' || event.reason === 'error'
}

function aborted(signal: AbortSignal): ModelError {
  return new ModelError('aborted', 'the call was aborted', { cause: signal.reason })
}

/** The wait before the next attempt in milliseconds, or null where there is none. */
function pause(
  fault: Fault,
  seen: { attempts: number; pauses: number; cuts: number },
  random: () => number,
): number | null {
  if (fault.retry === 'never' || seen.attempts >= MAX_ATTEMPTS) return null
  if (fault.retry === 'asked') {
    const asked = fault.error.retryAfterMs ?? 0
    if (asked > LONGEST_WAIT_MS) return null
    // "Now" is no pause at all; six attempts in a row would only make it worse.
    if (asked > 0) return asked
  }
  if (fault.retry === 'quick') return seen.attempts >= MAX_CONNECTS ? null : QUICK_PAUSE_MS * seen.attempts
  if (fault.error.code === 'bad-response' && seen.attempts >= MAX_BAD_RESPONSES) return null
  if (fault.retry === 'at-once' && seen.cuts++ === 0) return 0
  // Jitter takes away up to a quarter, so that the figures in the documentation are upper bounds.
  return Math.round(Math.min(PAUSE_CAP_MS, FIRST_PAUSE_MS * 2 ** seen.pauses++) * (1 - random() / 4))
}
