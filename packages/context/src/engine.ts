import type { Event, NewEvent } from '@cairn/journal'
import type {
  CompactionJob,
  Context,
  ContextConfig,
  ContextPorts,
  ContextUsage,
  NarrativeJob,
  Projection,
} from './context.ts'
import { ContextError } from './errors.ts'
import { allEntries, currentEntries } from './ledger/ledger-state.ts'
import { emptyFold, foldEpoch, reduceFold, type Fold } from './project/fold.ts'
import { renderInstructions } from './project/instructions.ts'
import { commitNodes, newList, withProvisional, type ItemList } from './project/item-list.ts'
import { LEAST_ROOM, limitsOf } from './project/limits.ts'
import { ACCOUNT, narrativeRequest } from './project/narrative-prompt.ts'
import { planEpoch, PROGRESS } from './project/plan-epoch.ts'
import { readRecipe, reportToJson, type EpochReport, type Recipe } from './project/recipe.ts'
import { renderEpoch } from './project/render-epoch.ts'
import type { RecordSection } from './project/render-record.ts'
import { markEnd, partsOf } from './project/request-parts.ts'
import { sizeOfPrefix, textTokens, type Size } from './project/tokens.ts'
import { IMAGE_LIMITS } from './project/view.ts'
import { createRecall } from './recall/create-recall.ts'
import { causeOf } from './schedule/cause.ts'
import { paceAnswer } from './schedule/pace.ts'
import { priceVector } from './schedule/prices.ts'
import type { SchedulerParams } from './schedule/scheduler.ts'
import { judgeCompaction } from './verify/judge-compaction.ts'
import { verifyNarrative } from './verify/verify-narrative.ts'

/** The context of one session, with what inspection and tests need besides the port. */
export interface ContextEngine extends Context {
  /** An epoch switch now, whatever the scheduler says; to be appended and ingested like those of `advance`. */
  startEpoch(now: number, cause: string): NewEvent<'epoch.started'>
  /** What the projection is made from. Read only; void after the next `ingest`. */
  inspect(): { fold: Fold; sections: readonly RecordSection[] }
  /**
   * Everything derived from the events so far, for `createContext` of another process with the same configuration and
   * the same code. A cache: it may be thrown away, and the journal gives the same again. Shares its parts with this
   * engine, so it is to be serialised (`node:v8`, which keeps identities) before the next `ingest`.
   */
  save(): SavedContext
  /**
   * Takes some of the events that came since into the index of recall, where it is kept in a file and the session is
   * long: otherwise the first recall would wait for all of them. To be called between steps; costs a fraction of a
   * second at most.
   */
  catchUp(): void
  /** Releases the recall index. */
  close(): void
}

/** What `save` gives. Its parts are nobody else's business. */
export interface SavedContext {
  readonly saved: 'context'
  readonly fold: Fold
  readonly list: ItemList | null
  readonly start: number
  readonly sections: readonly RecordSection[]
  readonly lastReport: ContextUsage['lastReport']
  readonly spanFrom: number
}

/**
 * A deserialised value as a saved state; undefined where it is none. Whoever keeps it answers for the rest: that the
 * bytes are those that were written, by the same code, for the same configuration and journal.
 */
export function readSaved(value: unknown): SavedContext | undefined {
  return isSaved(value) ? value : undefined
}

function isSaved(value: unknown): value is SavedContext {
  return typeof value === 'object' && value !== null && 'saved' in value && value.saved === 'context'
}

/** Events from which on the index of recall is kept up as the session goes on. */
const LONG_SESSION = 1_000

/** Tokens that a provider's compaction may have when it is made. */
const LEAST_COMPACTION = 1_000
const MOST_COMPACTION = 16_000
/** Most of the content that a provider's compaction may take. */
const COMPACTION_SHARE = 0.2

/** σ: tokens that a narrative answer is expected to have. */
const NARRATIVE_TOKENS = 700

/**
 * Builds the context of a session. `config` and the ingested events determine every byte it projects; `ports` are only
 * read for blobs, and for the disk while an epoch switch is planned.
 */
export function createContext(
  config: ContextConfig,
  ports: ContextPorts,
  saved?: SavedContext,
): ContextEngine {
  const prefix = sizeOfPrefix(config.system, config.tools)
  const limits = limitsOf(config.model, prefix.tokens, config.window)
  const prices = priceVector(config.model)
  const fold = saved?.fold ?? emptyFold()
  const context = {
    provider: config.model.provider,
    model: config.model.id,
    limits,
    prices,
    ports: { blob: (sha256: string) => ports.blob(sha256) },
    prefixTokens: prefix.tokens,
    load: (sha256: string) => ports.blob(sha256),
    factor: () => fold.pace.calibration.factor,
  }
  const kept: Event[] = []
  let queue: Event[] = []
  let list: ItemList | null = saved?.list ?? null
  /** Uncalibrated size of the request that the epoch started with. */
  let start = saved?.start ?? 0
  let sections: readonly RecordSection[] = saved?.sections ?? []
  let lastReport: ContextUsage['lastReport'] = saved?.lastReport ?? null
  let wanted: NarrativeJob | null = null
  let compaction: CompactionJob | null = null
  let job: NarrativeJob | null = null
  let spanFrom = saved?.spanFrom ?? 1
  /** Size at which a switch would have made no progress: asked again only when it has grown. */
  let stuckAt = 0

  const readEvents = (after: number): Iterable<Event> => ports.events?.(after) ?? kept.slice(after)
  const recall = createRecall({
    events: readEvents,
    event: (seq) => {
      if (!ports.events) return kept[seq - 1] ?? null
      for (const event of readEvents(seq - 1)) return event.seq === seq ? event : null
      return null
    },
    blob: context.load,
    ...(ports.recallFile === undefined ? {} : { file: ports.recallFile }),
    entries: () => allEntries(fold.ledger),
    fileHash: (path) => fold.registries.files.get(path)?.hash,
  })

  /** The list of epoch 0, which begins with the instruction files of the first request. */
  function firstList(): ItemList {
    const pinned = renderInstructions(fold.pinned ?? [...fold.instructions.values()], limits.pinnedTokens)
    const first = newList(pinned ? [pinned] : [], 0)
    start = prefix.tokens + first.size.tokens + Math.floor(limits.contentTokens * 0.8)
    return first
  }

  function committed(): ItemList {
    if (list === null || (fold.epoch === null && fold.pinned === null)) list = firstList()
    commitNodes(list, fold.transcript.nodes, context)
    return list
  }

  function schedulerParams(): SchedulerParams {
    const factor = context.factor()
    return {
      prices,
      prefix: prefix.tokens * factor,
      start: start * factor,
      narrative: config.narrative ? NARRATIVE_TOKENS : 0,
      rework: fold.pace.rework,
    }
  }

  /** `skip`: a later epoch is in the queue, so that nothing of this one will ever be shown. */
  function apply(event: Event, skip: boolean): void {
    if (event.kind === 'model.answered') {
      const raw = skip ? 0 : prefix.tokens + committed().size.tokens
      paceAnswer(fold.pace, event, raw, schedulerParams(), limits.usable)
    }
    reduceFold(fold, event, context)
    if (event.kind !== 'epoch.started') return
    lastReport = event.body.report
    foldEpoch(fold, event, readRecipe(event.body.report, fallbackRecipe()))
    list = null
    stuckAt = 0
    if (skip || fold.epoch === null) return
    const rendered = renderEpoch(fold, fold.epoch, context)
    list = { items: rendered.items, size: rendered.size, committed: rendered.committed }
    sections = rendered.front.sections
    start = prefix.tokens + list.size.tokens
    if (wanted?.epoch === event.body.epoch && wanted.basis === event.body.basis) job = wanted
    wanted = null
  }

  /** For a switch that was written by something else: keep what is there, only bounded. */
  function fallbackRecipe(): Recipe {
    const steps = fold.transcript.nodes.filter((node) => node.kind === 'step').slice(-6)
    const tailFrom = steps[0]?.seq ?? fold.seq
    const { contentTokens } = limits
    return {
      tier: 3,
      tailFrom,
      verbatimFrom: tailFrom,
      resultTokens: Math.floor(contentTokens / 12),
      elidedTokens: 60,
      recordTokens: Math.floor(contentTokens / 3),
      fileTokens: 0,
      native: true,
      disk: {},
      files: [],
      calibration: { ...fold.pace.calibration },
      rework: fold.pace.rework,
    }
  }

  function flush(): void {
    if (queue.length === 0) return
    const events = queue
    queue = []
    for (const event of events) apply(event, false)
  }

  function shownNow(): ItemList {
    return withProvisional(committed(), fold.transcript.nodes, context)
  }

  function projectionOf(shown: ItemList): Projection {
    return {
      request: {
        system: config.system,
        tools: config.tools,
        items: markEnd(shown.items),
        ...(config.cacheKey === undefined ? {} : { cacheKey: config.cacheKey }),
      },
      epoch: fold.epoch?.number ?? 0,
      estimate: estimate(shown.size),
      bytes: prefix.bytes + shown.size.bytes,
    }
  }

  function estimate(size: Size): number {
    return Math.ceil((prefix.tokens + size.tokens) * context.factor())
  }

  /** Null where it is not asked for, or nothing would be left of the window for what the provider writes. */
  function compactionJob(
    epoch: number,
    basis: number,
    { request, estimate }: Projection,
  ): CompactionJob | null {
    const room = Math.floor(limits.window * 0.97) - estimate
    if (config.compaction !== true || fold.pace.badNative || room < LEAST_COMPACTION) return null
    const maxOutput = Math.min(MOST_COMPACTION, room)
    return { epoch, basis, request: { ...request, maxOutput, compact: { instructions: ACCOUNT } } }
  }

  function plan(
    now: number,
    cause: string,
    shown: ItemList,
  ): { event: NewEvent<'epoch.started'>; report: EpochReport } {
    const canAsk =
      config.narrative && estimate(shown.size) <= limits.usable && fold.transcript.nodes.length > 0
    const report = planEpoch({
      fold,
      context,
      disk: (path) => ports.disk(path),
      before: prefix.tokens + shown.size.tokens,
      squeeze: Math.min(4, fold.pace.overflows),
      native: !fold.pace.badNative,
      narrative: canAsk,
    })
    const epoch = (fold.epoch?.number ?? 0) + 1
    const basis = fold.seq
    wanted =
      report.narrative === 'asked'
        ? { epoch, basis, request: narrativeRequest(projectionOf(shown).request) }
        : null
    compaction = compactionJob(epoch, basis, projectionOf(shown))
    spanFrom = fold.epoch?.recipe.tailFrom ?? 1
    const body = { epoch, basis, cause, report: reportToJson(report) }
    return { event: { time: now, turn: fold.turn, step: fold.step, kind: 'epoch.started', body }, report }
  }

  /** The events that an account of the old epoch is about. */
  function span(from: number, basis: number): Event[] {
    const events: Event[] = []
    for (const event of readEvents(from - 1)) {
      if (event.seq > basis) break
      events.push(event)
    }
    return events
  }

  return {
    ingest(event) {
      if (!ports.events) kept.push(event)
      // A rebuild meets hundreds of epochs and shows only the last: what is before one is folded, never rendered.
      if (event.kind === 'epoch.started') for (const earlier of queue.splice(0)) apply(earlier, true)
      queue.push(event)
    },
    advance(now) {
      flush()
      const shown = shownNow()
      const raw = prefix.tokens + shown.size.tokens
      if (raw <= stuckAt) return []
      const ttl = config.model.cacheTtl
      const why = causeOf(
        fold.pace,
        {
          now,
          x: estimate(shown.size),
          raw,
          usable: limits.usable,
          heavy: isHeavy(shown.size, prefix.bytes + shown.size.bytes, limits.bytes),
          ttl: ttl === null ? null : ttl * 1000,
          start: start * context.factor(),
        },
        prices,
        schedulerParams(),
      )
      if (why === null) return []
      const { event, report } = plan(now, why.cause, shown)
      if (why.must || report.after <= report.before * PROGRESS) return [event]
      stuckAt = Math.ceil(raw * 1.1)
      wanted = null
      compaction = null
      return []
    },
    startEpoch(now, cause) {
      flush()
      return plan(now, cause, shownNow()).event
    },
    project() {
      flush()
      if (limits.room < LEAST_ROOM) throw unfittable(prefix.tokens, limits.usable, limits.window)
      return projectionOf(shownNow())
    },
    takeNarrativeJob() {
      flush()
      const taken = job
      job = null
      return taken
    },
    takeCompactionJob() {
      const taken = compaction
      compaction = null
      return taken
    },
    judgeCompaction({ epoch, basis }, native) {
      flush()
      const at = { time: fold.time, turn: fold.turn, step: fold.step }
      const about = { epoch, basis }
      // The whole session: a compaction of a compaction speaks of what was before the last one, too.
      const basisOf = { events: span(1, basis), blob: context.load }
      const tokens = native === null ? 0 : textTokens(JSON.stringify(native.data))
      const why =
        tokens > limits.contentTokens * COMPACTION_SHARE
          ? `about ${tokens} tokens are too many to carry`
          : judgeCompaction(native, allEntries(fold.ledger), basisOf)
      return native === null || why !== null
        ? { ...at, kind: 'compaction.dropped', body: { ...about, why: why ?? 'there is none' } }
        : { ...at, kind: 'compaction.received', body: { ...about, native } }
    },
    verifyNarrative(asked, text) {
      flush()
      const at = { time: fold.time, turn: fold.turn, step: fold.step }
      const about = { epoch: asked.epoch, basis: asked.basis }
      if (asked.epoch !== fold.epoch?.number)
        return { ...at, kind: 'narrative.dropped', body: { ...about, why: 'its epoch is over' } }
      const verified = verifyNarrative(
        text,
        { entries: allEntries(fold.ledger) },
        { events: span(spanFrom, asked.basis), blob: context.load },
      )
      const { kept: good, dropped, rejected } = verified
      if (rejected !== null || good.trim() === '')
        return { ...at, kind: 'narrative.dropped', body: { ...about, why: rejected ?? 'no sentence passed' } }
      return { ...at, kind: 'narrative.received', body: { ...about, text, kept: good, dropped } }
    },
    ledger() {
      flush()
      return currentEntries(fold.ledger)
    },
    recall(query) {
      flush()
      return recall.recall(query)
    },
    usage() {
      flush()
      const shown = shownNow()
      return {
        window: limits.window,
        estimate: estimate(shown.size),
        epoch: fold.epoch?.number ?? 0,
        parts: partsOf(
          config.system,
          prefix.tokens,
          shown.items,
          fold.epoch === null ? null : sections,
          context.factor(),
        ),
        lastReport,
      }
    },
    inspect() {
      flush()
      committed()
      return { fold, sections: fold.epoch === null ? [] : sections }
    },
    save() {
      flush()
      return { saved: 'context', fold, list, start, sections, lastReport, spanFrom }
    },
    catchUp() {
      flush()
      if (ports.recallFile !== undefined && fold.seq >= LONG_SESSION) recall.catchUp(fold.seq)
    },
    close() {
      recall.close()
    },
  }
}

function isHeavy(size: Size, bytes: number, maxBytes: number): boolean {
  return (
    size.images > IMAGE_LIMITS.count * 0.9 ||
    size.imageBytes > IMAGE_LIMITS.bytes * 0.9 ||
    bytes > maxBytes * 0.9
  )
}

function unfittable(pinned: number, usable: number, window: number): ContextError {
  return new ContextError(
    'unfittable',
    `System text and tools need about ${pinned} tokens, but only ${usable} of the window of ${window} can be used for input. Use a model with a larger window or declare fewer tools.`,
    { pinned, usable, window },
  )
}
