import type { Event, NewEvent, Usage } from '@cairn/journal'
import type { ModelInfo, ToolDeclaration } from '@cairn/models'
import {
  type Context,
  type ContextConfig,
  ContextError,
  createContext,
  type NarrativeJob,
} from '@cairn/context'
import { requestTokens, tokensOf } from '../tokens.ts'
import type { Passage } from '../summarisers/summariser.ts'
import type { Policy, PolicyEnv, PolicyRequest, PolicySpec, SummaryCall } from './policy.ts'

const MAX_OUTPUT = 1024
/** The request for a narrative asks for at most 400 words; most models keep to that within a quarter. */
const NARRATIVE_TOKENS = 700

export const BENCH_MODEL: ModelInfo = {
  provider: 'bench',
  id: 'bench',
  name: 'Bench',
  window: 200_000,
  maxOutput: MAX_OUTPUT,
  prices: { input: 3, output: 15, cacheRead: 0.3, cacheWrite: 3.75 },
  images: false,
  reasoning: false,
  editTool: 'edit',
  cacheTtl: 300,
}

/** The configuration that sessions are played with, at one window. */
export function cairnConfig(window: number, system: string, tools: ToolDeclaration[]): ContextConfig {
  return { model: { ...BENCH_MODEL, window }, system, tools, window, narrative: true, cacheKey: 'bench' }
}

/** The window whose input room is `tokens`: the engine keeps room for the answer, but at most a fifth of the window. */
function windowFor(tokens: number): number {
  return Math.min(tokens + MAX_OUTPUT, Math.floor(tokens / 0.8))
}

/**
 * The engine under test, through its port and nothing else. A demand to be smaller is made as the product meets it: a
 * context with a smaller window is created, fed the same journal, and asked; its epoch goes into the journal, and the
 * session goes on with the window it had.
 */
export function createCairn(env: PolicyEnv): Policy {
  const journal: Event[] = []
  let calls: SummaryCall[] = []
  let epochs = 0
  let main = open(env.window)

  function open(window: number): Context {
    const context = createContext(cairnConfig(window, env.system, env.tools), {
      blob: env.blob,
      disk: env.disk,
    })
    for (const event of journal) context.ingest(event)
    return context
  }

  function append(context: Context, event: NewEvent): void {
    const stored = { ...event, seq: journal.length + 1 } as Event
    journal.push(stored)
    if (stored.kind === 'epoch.started') epochs += 1
    context.ingest(stored)
  }

  function call(context: Context, now: number): PolicyRequest {
    for (const event of context.advance(now)) append(context, event)
    const job = context.takeNarrativeJob()
    if (job !== null) narrate(context, job)
    const { request } = context.project()
    return { system: request.system, tools: request.tools, items: request.items, epochs }
  }

  function narrate(context: Context, job: NarrativeJob): void {
    let text: string
    try {
      text = env.summarise(passagesOf(job), NARRATIVE_TOKENS)
    } catch {
      return
    }
    const inputTokens = requestTokens(job.request.system, job.request.tools, job.request.items)
    calls.push({ inputTokens, outputTokens: tokensOf(text), cached: true })
    append(context, context.verifyNarrative(job, text))
  }

  return {
    name: 'cairn',
    ingest(event, usage) {
      append(
        main,
        usage !== null && event.kind === 'model.answered'
          ? { ...event, body: { ...event.body, usage: merge(event.body.usage, usage) } }
          : event,
      )
    },
    request: (now) => call(main, now),
    force(targetTokens, now) {
      const small = open(windowFor(targetTokens))
      let request: PolicyRequest
      try {
        request = call(small, now)
      } catch (error) {
        // The typed refusal is what the design asks for where pinned text alone is over the demand: it counts as over.
        if (!ContextError.isInstance(error)) throw error
        request = { system: env.system, tools: env.tools, items: [], epochs }
      }
      main = open(env.window)
      return request
    },
    takeSummaryCalls() {
      const taken = calls
      calls = []
      return taken
    },
    recall(query) {
      const result = main.recall({ query, limit: 5 })
      return [result.text]
    },
    memory: () => ({ entries: main.ledger(), events: journal }),
  }
}

function merge(usage: Usage, billed: Usage): Usage {
  return { ...billed, output: usage.output, reasoning: usage.reasoning }
}

function passagesOf(job: NarrativeJob): Passage[] {
  return job.request.items.flatMap((item): Passage[] => {
    if (item.type === 'user')
      return [
        { role: 'user', text: item.parts.map((part) => (part.type === 'text' ? part.text : '')).join('\n') },
      ]
    if (item.type === 'assistant')
      return item.parts.map((part) => ({
        role: 'assistant',
        text: part.type === 'call' ? part.args : part.text,
      }))
    return item.results.map((r) => ({
      role: 'tool',
      text: r.parts.map((part) => (part.type === 'text' ? part.text : '')).join('\n'),
    }))
  })
}

export const CAIRN: PolicySpec = { name: 'cairn', summarises: true, create: createCairn }
