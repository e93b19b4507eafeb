import { createHash } from 'node:crypto'
import type { Policy, Redactor } from '@cairn/guard'
import type { AssistantPart, BlobStore, EventBodies, EventKind } from '@cairn/journal'
import { admit } from './admit.ts'
import type { Approvals } from './approvals.ts'
import { decideCall, refusalText, type Judged, type LabelGate, type TypedLines } from './decide-call.ts'
import { askAbout, changedFiles, hookedCall, noHooks, strictest, type ToolHooks } from './hooks/tool-hooks.ts'
import type { Recorder } from './recorder.ts'
import type { FinishClaim, Prepared, SideEvent, Tool, ToolLookup, ToolOutcome } from './tool.ts'

type Call = Extract<AssistantPart, { type: 'call' }>

export interface ToolStepResult {
  calls: { tool: string; args: string; output: string; ok: boolean }[]
  finish: { call: string; claim: FinishClaim } | null
  /** Why a hook ends the turn; null: it goes on. */
  stop: string | null
}

interface Job {
  call: Call
  tool: Tool | undefined
  prepared: Prepared
  /** Null where there is nothing to decide. */
  judged: Judged | null
  /** The approval that it rests on. */
  approval: string | null
  /** Why it does not run, as the model is told; null: it runs. */
  refusal: string | null
  /** Refused by a hook, so that nobody is asked about it. */
  vetoed: boolean
  /** What hooks say to it, for the model. */
  notes: readonly string[]
}

const INLINE_ARGS = 2_048
const SECOND_FINISH = { output: 'Only the first `finish` of a step counts.' }

function prepare(given: Call, tools: ToolLookup): Job {
  const stands = tools.get(given.tool)?.stands?.(given.args) ?? null
  const call = stands !== null && tools.get(stands.tool) !== undefined ? { ...given, ...stands } : given
  const tool = tools.get(call.tool)
  const undecided = { judged: null, approval: null, refusal: null, vetoed: false, notes: [] }
  if (tool !== undefined) return { call, tool, prepared: tool.prepare(call.args), ...undecided }
  const names = [...tools.keys()].join(', ')
  return {
    call,
    tool,
    prepared: {
      ok: false,
      message: `Nothing was executed: there is no tool ${JSON.stringify(call.tool)}. Tools: ${names}.`,
    },
    ...undecided,
  }
}

/** Everything that decides on a call. */
export interface CallGuard {
  policy: Pick<Policy, 'explain'>
  gate: LabelGate
  approvals: Approvals
  /** Absolute path of the workspace. */
  root: string
  typed: TypedLines
  /** Default: none. */
  hooks?: ToolHooks
}

async function judge({ call, tool, prepared }: Job, guard: CallGuard): Promise<Judged | null> {
  if (!prepared.ok || tool === undefined) return null
  const { name, effect, host } = tool
  return decideCall(guard, { tool: name, effect, args: prepared.args, argsText: call.args, host })
}

/** Hooks come first and can only narrow: with other arguments the stricter of both decisions holds. */
async function decide(job: Job, deps: { guard: CallGuard; signal: AbortSignal }): Promise<Job & Ended> {
  const { guard, signal } = deps
  if (!job.prepared.ok || job.tool === undefined) return { ...job, stop: null }
  const given = { id: job.call.id, tool: job.tool.name, args: job.prepared.args }
  const seen = await (guard.hooks ?? noHooks).before(given, signal)
  let judged = await judge(job, guard)
  let { call }: Job = job
  let prepared: Prepared = job.prepared
  if (seen.args !== null && seen.refusal === null) {
    call = hookedCall(job.call, seen.args)
    prepared = job.tool.prepare(call.args)
    judged = strictest(judged, await judge({ ...job, call, prepared }, guard))
  }
  if (seen.ask !== null) judged = await askAbout(judged, seen.ask, guard, job.tool.name, call.args)
  const refused = judged !== null && judged.decision.decision !== 'allow'
  const policy = refused && judged !== null ? refusalText(judged.decision) : null
  return {
    ...job,
    call,
    prepared,
    judged,
    refusal: seen.refusal ?? policy,
    vetoed: seen.refusal !== null,
    notes: seen.context,
    stop: seen.stop,
  }
}

interface Ended {
  stop: string | null
}

const changesFiles = ({ tool, prepared, refusal }: Job) =>
  prepared.ok && refusal === null && (tool?.effect === 'write' || tool?.effect === 'exec')

/** Asks where the decision is to ask. Reads are never decided on. */
async function seekApproval(
  job: Job,
  guard: CallGuard,
  recorder: Pick<Recorder, 'record'>,
  signal: AbortSignal,
): Promise<Job> {
  const { call, judged } = job
  if (judged === null || judged.decision.decision === 'allow') return job
  recorder.record('guard.decided', decisionBody(call, judged))
  if (judged.decision.decision === 'deny' || job.vetoed || signal.aborted) return job
  const { decision, provenance } = judged
  const answered = await guard.approvals.ask(
    { call: call.id, action: judged.exact(), decision, provenance },
    signal,
  )
  if (answered === null) return job
  if (!answered.granted) return { ...job, refusal: answered.text }
  return { ...job, approval: answered.id, refusal: null }
}

/** Uses the grant of a call up, right before its effect, if what would run is still what was shown. */
function claim(job: Job, { approvals }: CallGuard, signal: AbortSignal): Job {
  if (job.approval === null || job.judged === null || signal.aborted) return job
  return { ...job, refusal: approvals.use(job.approval, job.call.id, job.judged.exact()) }
}

function decisionBody(call: Call, { decision }: Judged): EventBodies['guard.decided'] {
  const { id, rule, reason, policySha256 } = decision
  return {
    call: call.id,
    decision: decision.decision,
    rule,
    reason,
    policySha256,
    decisionId: id,
    actionSha256: actionSha256(call),
  }
}

/** What is written before anything of a group starts: the effects that are about to begin. */
function announcements(
  jobs: readonly Job[],
  tree: string | null,
): { kind: EventKind; body: EventBodies[EventKind] }[] {
  return jobs.flatMap((job): { kind: EventKind; body: EventBodies[EventKind] }[] => {
    if (job.judged === null || job.refusal !== null) return []
    return [{ kind: 'tool.intended', body: intention(job, tree) }]
  })
}

/** Calls in groups that may run together: reads beside reads, everything else alone and in order. */
function groups(jobs: readonly Job[]): Job[][] {
  const out: Job[][] = []
  for (const job of jobs) {
    const last = out.at(-1)
    const reads = (other: Job) => other.tool?.effect === 'read'
    if (last !== undefined && reads(job) && last.every(reads)) last.push(job)
    else out.push([job])
  }
  return out
}

async function runSafely(
  job: Job,
  signal: AbortSignal,
): Promise<{ outcome: ToolOutcome; lost?: 'cancelled' | 'refused' }> {
  if (!job.prepared.ok) return { outcome: { ok: false, output: job.prepared.message } }
  if (signal.aborted)
    return { outcome: { ok: false, output: 'Not executed: cancelled by the user.' }, lost: 'cancelled' }
  if (job.refusal !== null) return { outcome: { ok: false, output: job.refusal }, lost: 'refused' }
  try {
    const outcome = await job.prepared.run({ id: job.call.id, signal })
    return signal.aborted && !outcome.ok ? { outcome, lost: 'cancelled' } : { outcome }
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error)
    const hint =
      error instanceof Error && 'hint' in error && typeof error.hint === 'string' ? ` ${error.hint}` : ''
    return { outcome: { ok: false, output: `The tool failed: ${message}.${hint}` } }
  }
}

/**
 * Runs the calls of one answer. The policy decides on each effect as it will be executed; an effect is journaled as intended before it starts and every result as done after;
 * results are journaled in the order of the calls.
 */
export async function toolStep(deps: {
  calls: readonly Call[]
  tools: ToolLookup
  recorder: Recorder
  blobs: BlobStore
  redactor: Pick<Redactor, 'redact'>
  guard: CallGuard
  /** Awaited before anything may change files. */
  beforeEffect: () => Promise<void>
  /** Asked before commands run, which may change files without telling. */
  treeBefore: () => Promise<string | null>
  now: () => number
  signal: AbortSignal
}): Promise<ToolStepResult> {
  const { recorder, blobs, now, signal } = deps
  const result: ToolStepResult = { calls: [], finish: null, stop: null }
  const hooks = deps.guard.hooks ?? noHooks
  for (const prepared of groups(deps.calls.map((call) => prepare(call, deps.tools)))) {
    const decided = await Promise.all(prepared.map((job) => decide(job, deps)))
    result.stop ??= decided.find(({ stop }) => stop !== null)?.stop ?? null
    const wanted = decided.some(
      (job) => job.tool?.effect === 'exec' && job.judged?.decision.decision !== 'deny',
    )
    const tree = wanted ? await deps.treeBefore() : null
    const answered: Job[] = []
    for (const job of decided) answered.push(await seekApproval(job, deps.guard, recorder, signal))
    if (answered.some(changesFiles)) await deps.beforeEffect()
    const group = answered.map((job) => claim(job, deps.guard, signal))
    const before = announcements(group, tree)
    if (before.length > 0) recorder.recordAll(before)
    const settled = await Promise.all(
      group.map(async (job) => {
        const started = now()
        const { outcome, lost } = await runSafely(job, signal)
        if (job.approval !== null) deps.guard.approvals.done(job.approval)
        return { job, outcome, lost, ms: now() - started }
      }),
    )
    for (const { job, outcome, lost, ms } of settled) {
      if (outcome.finish !== undefined && result.finish === null) {
        // Its result is written by the gate, which alone knows whether the claim stands.
        result.finish = { call: job.call.id, claim: outcome.finish }
        continue
      }
      const { output: view, full } = admit(
        outcome.finish === undefined ? outcome : SECOND_FINISH,
        blobs,
        deps.redactor,
      )
      const ran = job.prepared.ok && lost === undefined
      const after = ran
        ? await hooks.after(
            { id: job.call.id, tool: job.call.tool, args: job.prepared.ok ? job.prepared.args : null },
            { ok: outcome.ok, output: view, exit: outcome.exit ?? null },
            signal,
          )
        : { ran: false, context: [], stop: null }
      result.stop ??= after.stop
      const { files, notes } = ran
        ? changedFiles(deps.guard.root, outcome.files, after.ran)
        : { files: outcome.files, notes: [] }
      const output = [
        view,
        ...[...job.notes, ...notes, ...after.context].map((text) => `[hook] ${text}`),
      ].join('\n')
      const side: SideEvent[] = outcome.events ?? []
      const body: EventBodies['tool.done'] = {
        call: job.call.id,
        tool: job.call.tool,
        ok: outcome.ok,
        output,
        ms,
        ...(full === undefined ? {} : { full }),
        ...(outcome.exit === undefined ? {} : { exit: outcome.exit }),
        ...(files === undefined ? {} : { files }),
        ...(outcome.check === undefined ? {} : { check: outcome.check }),
        ...(lost === undefined ? {} : { lost }),
        ...(outcome.images === undefined
          ? {}
          : { images: outcome.images.map(({ bytes, mime }) => ({ ...blobs.putBlob(bytes), mime })) }),
      }
      recorder.recordAll([
        { kind: 'tool.done', body },
        ...side,
        ...(outcome.check === undefined
          ? []
          : [{ kind: 'check.finished' as const, body: { ...outcome.check, call: job.call.id } }]),
      ])
      result.calls.push({ tool: job.call.tool, args: job.call.args, output, ok: outcome.ok })
    }
  }
  return result
}

/** Binds a decision and an intention to the very bytes that are executed. */
const actionSha256 = ({ tool, args }: Call): string =>
  createHash('sha256').update(tool).update('\0').update(args).digest('hex')

function intention(job: Job, tree: string | null): EventBodies['tool.intended'] {
  const args = job.prepared.ok ? job.prepared.args : null
  return {
    call: job.call.id,
    tool: job.call.tool,
    // Long arguments stand in the model's answer already; the hash binds this event to them.
    args: job.call.args.length <= INLINE_ARGS ? args : null,
    effect: job.tool?.effect ?? 'exec',
    actionSha256: actionSha256(job.call),
    ...(job.judged === null ? {} : { rule: job.judged.decision.rule, decisionId: job.judged.decision.id }),
    ...(job.approval === null ? {} : { approval: job.approval }),
    ...(tree === null ? {} : { tree }),
  }
}
