import type { Item } from '@cairn/models'
import { prefixText, tokensOf } from '../tokens.ts'
import type { Policy, PolicyEnv, PolicyRequest, SummaryCall } from './policy.ts'
import { mapResults, tailWithin, Transcript, textOf, type Unit, unitTokens } from './transcript.ts'

/** What a strategy works with when it rewrites the context. */
export interface Compaction {
  units: readonly Unit[]
  /** Tokens that the units may have afterwards. */
  room: number
  env: PolicyEnv
  /** Text of the mock, or a stand-in where it failed; `passages` defaults to all units in full. */
  ask(units: readonly Unit[], cutResults?: number): string
}

export interface Strategy {
  name: string
  /** Request tokens above which it compacts by itself. */
  trigger(window: number): number
  compact(job: Compaction): Unit[]
  /** Applied to each request without rewriting the record: masking. */
  view?(units: readonly Unit[]): readonly Unit[]
  /** The summary request extends the cached prefix. */
  cachedAsk: boolean
  /** Compact also where this many units have gathered. */
  maxUnits?: number
}

export const SUMMARY_TOKENS = 3000

/** A rival agent: the plain transcript plus one strategy for making it smaller. */
export function createRival(env: PolicyEnv, strategy: Strategy): Policy {
  const transcript = new Transcript()
  let units: Unit[] = []
  let taken = 0
  let epochs = 0
  let calls: SummaryCall[] = []

  const system = () =>
    transcript.instructions.size === 0 ? env.system : `${env.system}\n\n${transcript.rules()}`
  const prefix = () => tokensOf(prefixText(system(), env.tools))
  const pull = () => {
    for (; taken < transcript.units.length; taken++) {
      const unit = transcript.units[taken]
      if (unit !== undefined) units.push(unit)
    }
  }
  const view = () => (strategy.view === undefined ? units : strategy.view(units))
  const compact = (limit: number) => {
    const room = Math.max(200, limit - prefix())
    const made = strategy.compact({
      units,
      room,
      env,
      ask(asked, cut) {
        const passages = textOf(asked, cut)
        const max = Math.min(SUMMARY_TOKENS, Math.floor(room * 0.4))
        const inputTokens = strategy.cachedAsk
          ? prefix() + unitTokens(units)
          : passages.reduce((sum, p) => sum + tokensOf(p.text), 0)
        let text = ''
        try {
          text = env.summarise(passages, max)
        } catch {
          // An agent goes on without: what matters is what then stands in the request.
        }
        calls.push({ inputTokens, outputTokens: tokensOf(text), cached: strategy.cachedAsk })
        return text.trim() === '' ? '(no summary available)' : text
      },
    })
    units = fit(made, room)
    epochs += 1
  }
  const build = (): PolicyRequest => {
    const items: Item[] = view().flatMap((unit) => unit.items)
    return { system: system(), tools: env.tools, items, epochs }
  }

  return {
    name: strategy.name,
    ingest: (event) => transcript.ingest(event),
    request() {
      pull()
      const limit = strategy.trigger(env.window)
      const full = strategy.maxUnits !== undefined && units.length > strategy.maxUnits
      if (full || prefix() + unitTokens(view()) > limit) compact(limit)
      return build()
    },
    force(targetTokens) {
      pull()
      compact(targetTokens)
      return build()
    },
    takeSummaryCalls() {
      const taken = calls
      calls = []
      return taken
    },
  }
}

/** Makes units fit by dropping the oldest but the first; a last unit that is too large alone is cut. */
export function fit(units: readonly Unit[], room: number): Unit[] {
  if (unitTokens(units) <= room) return units.slice()
  const [head, ...rest] = units
  if (head === undefined) return []
  const tail = tailWithin(rest, Math.max(0, room - head.tokens))
  if (tail.length > 0 || rest.length === 0) return [head, ...tail]
  const last = rest.at(-1)
  if (last === undefined) return [head]
  const chars = Math.max(400, (room - head.tokens) * 4 - 800)
  return [head, mapResults(last, (text) => (text.length > chars ? `${text.slice(0, chars)}\n[cut]` : text))]
}
