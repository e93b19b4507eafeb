import { createIncrementalValidator, type Violation, type Wire, WIRES } from '@cairn/context'
import { type Bill, createCacheOracle } from './bill/cache-oracle.ts'
import type { Policy, PolicyEnv, PolicyRequest, PolicySpec } from './policies/policy.ts'
import { requestTokens } from './tokens.ts'
import type { MockSummariser } from './summarisers/summariser.ts'
import type { Trace } from './trace/trace.ts'
import { sha256 } from './trace/work-tree.ts'

export interface ReplayOptions {
  window: number
  /** How often the policy is made to compact, evenly spread, the last time at the end; 0: only when it wants to. */
  forced: number
  /** Demand at each forced compaction, as a share of all tokens so far. */
  budget: number
  /** Ask for the request of every call, bill it and validate it; otherwise only where compaction is demanded. */
  everyCall: boolean
}

export interface Replay {
  policy: Policy
  /** The request of the last call. */
  last: PolicyRequest
  lastTokens: number
  target: number | null
  /** Forced requests that were larger than demanded, and by how much the worst was, as a factor. */
  over: number
  worstOver: number
  bill: Bill | null
  /** Examples, and the number of requests refused by a wire. */
  violations: (Violation & { wire: Wire })[]
  violationCount: number
  disk: ReadonlyMap<string, string>
}

/** Plays one session through one policy. */
export function replay(trace: Trace, spec: PolicySpec, mock: MockSummariser, options: ReplayOptions): Replay {
  const disk = new Map<string, string>()
  const hashes = new Map<string, { sha256: string; text: string }>()
  const env: PolicyEnv = {
    window: options.window,
    system: trace.system,
    tools: trace.tools,
    summarise: mock.summarise,
    disk(path) {
      const text = disk.get(path)
      if (text === undefined) return null
      let known = hashes.get(path)
      if (known?.text !== text) {
        known = { sha256: sha256(text), text }
        hashes.set(path, known)
      }
      return known
    },
    blob: (hash) => trace.blobs.get(hash) ?? null,
  }
  const policy = spec.create(env)
  const oracle = options.everyCall ? createCacheOracle() : null
  const checks = WIRES.map((wire) => ({ wire, validate: createIncrementalValidator(wire) }))
  const calls = trace.steps.flatMap((step, i) => (step.event.kind === 'model.answered' ? [i] : []))
  const forceAt = new Set(
    Array.from(
      { length: options.forced },
      (_, n) => calls[Math.ceil(((n + 1) * calls.length) / options.forced) - 1],
    ),
  )
  const finalCall = calls.at(-1)
  const result = {
    over: 0,
    worstOver: 0,
    violationCount: 0,
    violations: [] as Replay['violations'],
    target: null as number | null,
  }
  let last: PolicyRequest | null = null
  let lastTokens = 0
  let raw = 0

  const inspect = (request: PolicyRequest) => {
    for (const { wire, validate } of checks) {
      const found = validate(request.items, request.tools)
      if (found.length > 0) result.violationCount += 1
      for (const violation of found) {
        if (result.violations.length < 20) result.violations.push({ ...violation, wire })
      }
    }
  }

  trace.steps.forEach((step, i) => {
    for (const change of step.disk ?? []) {
      if (change.text === null) disk.delete(change.path)
      else disk.set(change.path, change.text)
    }
    let usage = null
    if (step.event.kind === 'model.answered') {
      const now = step.event.time
      if (forceAt.has(i)) {
        const target = Math.max(1500, Math.floor(raw * options.budget))
        last = policy.force(target, now)
        lastTokens = requestTokens(last.system, last.tools, last.items)
        result.target = target
        if (lastTokens > target || last.items.length === 0) result.over += 1
        result.worstOver = Math.max(result.worstOver, lastTokens / target)
        inspect(last)
      } else if (options.everyCall || i === finalCall) {
        last = policy.request(now)
        lastTokens = requestTokens(last.system, last.tools, last.items)
        inspect(last)
      }
      if (oracle !== null && last !== null) usage = oracle.call(last, now, policy.takeSummaryCalls())
    }
    // Nothing after the last call belongs to what is looked at.
    if (finalCall === undefined || i < finalCall) policy.ingest(step.event, usage)
    raw += sizeOf(step.event) / 4
  })
  if (last === null) throw new Error(`The session ${trace.name} has no model call.`)
  return { policy, last, lastTokens, ...result, bill: oracle?.bill() ?? null, disk }
}

function sizeOf(event: Trace['steps'][number]['event']): number {
  switch (event.kind) {
    case 'user.message':
      return event.body.text.length
    case 'model.answered':
      return event.body.parts.reduce(
        (sum, part) => sum + (part.type === 'call' ? part.args.length : part.text.length),
        0,
      )
    case 'tool.done':
      return event.body.output.length
    case 'instructions.loaded':
      return event.body.files.reduce((sum, file) => sum + file.text.length, 0)
    default:
      return 0
  }
}
