import { JournalError, type JournalStore } from '@cairn/journal'

/**
 * Awaited before each model call of a session, when all that happened is in its journal. `lost`: the session goes on elsewhere;
 * `run` throws `JournalError` `lease-lost`, and nothing more is written.
 */
export type StepBoundary = (
  journal: Pick<JournalStore, 'head' | 'raw' | 'getBlob' | 'sign'>,
) => Promise<'held' | 'lost'>

/** What a session does with its `stepBoundary`. */
export interface BoundaryWatch {
  /** Set when the session goes on at another place: what happens here is none of its history. */
  readonly elsewhere: boolean
  /** Throws `JournalError` `lease-lost` where the session may not go on here. */
  pass(): Promise<void>
}

/** `leave` is called once, before anything is thrown. */
export function watchBoundary(
  options: { sessionId: string; nested?: object; stepBoundary?: StepBoundary },
  journal: JournalStore,
  leave: () => Promise<void>,
): BoundaryWatch {
  let elsewhere = false
  return {
    get elsewhere() {
      return elsewhere
    },
    async pass() {
      // A sub-agent lives inside of a step of its parent.
      if (options.nested !== undefined || (await options.stepBoundary?.(journal)) !== 'lost') return
      elsewhere = true
      await leave()
      throw new JournalError(
        'lease-lost',
        `The session ${options.sessionId} goes on elsewhere.`,
        'Nothing more was written here. Look at it where it goes on.',
        { session: options.sessionId },
      )
    },
  }
}
