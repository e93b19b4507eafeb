import type { CommitPack } from './commit-pack.ts'
import type { SavedSession, SessionSegment } from './segment.ts'

/** A queue of one campaign. `keys`: what its jobs use up together with other queues (`repo:…`, `provider:…`). */
interface QueueSpec {
  name: string
  keys: string[]
  /** Queues with a higher number are served first. Default 0. */
  priority?: number
}

export interface NewJob {
  /** Unique in its queue: a job that is there already is not queued again. */
  id: string
  /** Jobs with a higher number go first; equal ones in the order they came. */
  priority: number
  /** JSON. */
  payload: string
}

/** The right to work on a job until the lease ends. `fence` is higher than that of any claim before. */
export interface Claim {
  queue: string
  job: string
  payload: string
  fence: number
  /** From 1: how often the job was claimed. */
  attempt: number
  worker: string
  /** How long (milliseconds) the lease lasts from a sign of life. */
  leaseMs: number
}

export interface FleetEvent {
  /** Position; grows, with gaps. */
  seq: number
  job: string
  kind: 'claimed' | 'done' | 'retried' | 'dead' | 'cancelled'
  worker: string
  attempt: number
  /** What was handed in (`done`), or why not (`retried`, `dead`). */
  body: string
  time: number
}

interface WorkerInfo {
  id: string
  host: string
  pid: number
  /** Milliseconds since the epoch. */
  seen: number
  draining: boolean
  /** `queue/job`, where it has one. */
  job: string | null
}

export interface FleetStatus {
  queues: {
    name: string
    ready: number
    /** Waiting for their back-off to pass. */
    waiting: number
    running: number
    done: number
    dead: number
    cancelled: boolean
  }[]
  workers: WorkerInfo[]
}

export interface RetryRules {
  /** Failures of a job, as told by `fail`, before it is dead. */
  failures: number
  /** Leases that ran out (killed or paused workers) before it is dead. */
  losses: number
  /** Wait before the first retry; doubled for each further one, up to a minute. */
  backoffMs: number
}

export const RETRY: RetryRules = { failures: 3, losses: 10, backoffMs: 1_000 }

/** Milliseconds before the attempt behind `failures` failures. */
export const backoff = (rules: RetryRules, failures: number): number =>
  failures < 1 ? 0 : Math.min(60_000, rules.backoffMs * 2 ** (failures - 1))

/**
 * The port: queued jobs for workers. All changes of a job under a claim are fenced: `finish`, `fail`, `release` and
 * `saveSegment` of a worker that lost its lease throw `CampaignError` `lease-lost` and change nothing. Implementations pass one contract test.
 */
export interface Fleet {
  /** Whether all workers are on the coordinator's machine, or anywhere. */
  readonly reach: 'machine' | 'network'
  /** Creates a queue, or changes its keys and priority. A cancelled queue is opened again. */
  openQueue(queue: QueueSpec): Promise<void>
  /** Says what workers have to know before each job. Throws `lease-lost` where a higher fence has published. */
  publish(queue: string, board: string, fence: number): Promise<void>
  board(queue: string): Promise<string | null>
  /** `fence`: of the coordinator; throws `lease-lost` where a higher one has published. */
  enqueue(queue: string, jobs: readonly NewJob[], fence?: number): Promise<void>
  /** The next job within all limits, of one queue or of any; null where there is none. */
  claim(worker: string, options: { leaseMs: number; queue?: string | null }): Promise<Claim | null>
  /** Prolongs the lease. */
  heartbeat(claim: Claim, leaseMs: number): Promise<'held' | 'lost' | 'cancelled'>
  finish(claim: Claim, output: string): Promise<void>
  /** The session of the job is forgotten where this claim has added nothing to it: it may be what fails. */
  fail(claim: Claim, reason: string): Promise<void>
  /** Gives a job back as if it had not been claimed. */
  release(claim: Claim): Promise<void>
  /**
   * Adds to the session of a job what it gained, all or nothing, and prolongs the lease. A first segment of another session
   * takes the place of what was there; one that is there already changes nothing. `too-large`: over `SEGMENT_LIMIT` or
   * `SESSION_LIMIT`, nothing was added. Throws `lease-lost`, and `fleet` where events in between are missing.
   */
  saveSegment(claim: Claim, segment: SessionSegment): Promise<'saved' | 'too-large'>
  /** The session that former holders of the job have left; null where there is none. */
  segments(claim: Claim): Promise<SavedSession | null>
  /** Removes the sessions of jobs that are done or dead: called when what they handed in is journaled. */
  forgetSegments(queue: string): Promise<void>
  /** Keeps commits for clones that lack them. `fence`: as of `enqueue`. */
  shareCommits(queue: string, pack: CommitPack, fence: number): Promise<void>
  /** What leads to a commit; null where nobody has shared it. */
  commits(queue: string, commit: string): Promise<CommitPack | null>
  /** Called when no job needs commits any more. */
  forgetCommits(queue: string): Promise<void>
  /** Takes all waiting jobs with their sessions away, and tells workers at their next heartbeat. `fence`: as of `enqueue`. */
  cancel(queue: string, fence?: number): Promise<void>
  outbox(queue: string, after: number, limit: number): Promise<FleetEvent[]>
  /** How many jobs with this key may run at once; null: any number. */
  limit(key: string, most: number | null): Promise<void>
  register(worker: Omit<WorkerInfo, 'seen' | 'draining' | 'job'>): Promise<void>
  unregister(worker: string): Promise<void>
  /** Says that a worker is there; true where it should claim no more. */
  seen(worker: string): Promise<boolean>
  /** Asks one worker, or all, to finish what they have and leave. Gives how many were asked. */
  drain(worker: string | null): Promise<number>
  status(): Promise<FleetStatus>
  close(): Promise<void>
}
