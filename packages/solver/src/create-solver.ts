import type { Model, ModelEvent, ModelInfo, ModelRequest } from '@cairn/models'
import type { createPlanner } from './plan/make-plan.ts'

const info: ModelInfo = {
  provider: 'embedded',
  id: 'repair-1',
  name: 'Embedded repair engine',
  window: 1_000_000,
  maxOutput: 32_000,
  prices: null,
  images: false,
  reasoning: false,
  editTool: 'edit',
  cacheTtl: null,
}

export interface SolverOptions {
  /** Tokens that a request may have, where it is less than the engine could take. Default: nothing is bounded. */
  window?: number
  /** Candidates tried for one state of the files before giving up. Default 1,600. */
  candidates?: number
  /** Candidates of one experiment. Default 64, which is the most. */
  batch?: number
  /** Files read for a repair. Default 10. */
  files?: number
}

/** Rough count, so that budgets and windows have something to go by: rather too high, as a window is to be kept. */
function tokensOf(request: ModelRequest): number {
  return Math.ceil(
    (request.system.length + JSON.stringify(request.items).length + JSON.stringify(request.tools).length) /
      3.75,
  )
}

/**
 * The embedded engine: a `Model` without weights, key or network, that mends failing checks of JavaScript and TypeScript
 * projects by generate-and-validate repair (after GenProg and TBar: templates on suspicious nodes, validated by the
 * tests). It is a function of the request: all it remembers stands in tool results and notes.
 */
export function createSolver(options: SolverOptions = {}): Model {
  const limits = {
    candidates: options.candidates ?? 1_600,
    batch: Math.min(options.batch ?? 64, 64),
    files: options.files ?? 10,
  }
  const window = Math.min(options.window ?? info.window, info.window)
  let planner: ReturnType<typeof createPlanner> | null = null
  let count = 0
  return {
    info: { ...info, window },
    async *stream(request, { signal }): AsyncIterable<ModelEvent> {
      // The parser is loaded only when the engine is really used.
      const [{ nextAction }, { roomOf }, { readTranscript }, plans] = await Promise.all([
        import('./policy/next-action.ts'),
        import('./policy/room.ts'),
        import('./policy/transcript.ts'),
        import('./plan/make-plan.ts'),
      ])
      planner ??= plans.createPlanner()
      const transcript = readTranscript(request)
      const prefix = (request.system.length + JSON.stringify(request.tools).length) / 4
      const action = nextAction(transcript, planner, limits, roomOf(window, prefix, transcript))
      if (signal.aborted) {
        const { ModelError } = await import('@cairn/models')
        throw new ModelError('aborted', 'the call was cancelled')
      }
      yield { type: 'text', delta: action.text }
      const used = new Set(
        request.items.flatMap((item) =>
          item.type === 'assistant'
            ? item.parts.flatMap((part) => (part.type === 'call' ? [part.id] : []))
            : [],
        ),
      )
      for (const { tool, args } of action.calls) {
        do count++
        while (used.has(`repair-${count}`))
        const id = `repair-${count}`
        const text = JSON.stringify(args)
        yield { type: 'call-start', id, tool }
        yield { type: 'call-delta', id, delta: text }
        yield { type: 'call', id, tool, args: text }
      }
      const output = Math.ceil((action.text.length + JSON.stringify(action.calls).length) / 4)
      yield {
        type: 'finish',
        reason: action.calls.length > 0 ? 'calls' : 'stop',
        usage: { input: tokensOf(request), cachedInput: 0, cacheWrite: 0, output, reasoning: 0 },
        served: info.id,
      }
    },
  }
}
