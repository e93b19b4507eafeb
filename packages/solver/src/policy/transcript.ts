import type { Item, ModelRequest, UserPart } from '@cairn/models'

/** One tool call with its result, in the order of the request. */
export interface Step {
  index: number
  tool: string
  args: { [key: string]: unknown }
  ok: boolean
  text: string
  /** Address under which the whole can be recalled, where a part of the text is left out; else null. */
  elided: string | null
}

/** What a request shows of the work so far. The engine knows nothing else. */
export interface Transcript {
  tools: ReadonlySet<string>
  /** Answers of the engine that the request shows. */
  answers: number
  steps: readonly Step[]
  /** Texts of people and of the harness, in order. */
  userTexts: readonly string[]
  /** Every text in the request: system, memory, messages, results. Notes are found here wherever they are shown. */
  everything: string
}

function plain(parts: readonly UserPart[]): string {
  return parts.map((part) => (part.type === 'text' ? part.text : '')).join('\n')
}

function parseArgs(text: string): { [key: string]: unknown } {
  try {
    const value: unknown = JSON.parse(text)
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? { ...value } : {}
  } catch {
    return {}
  }
}

const leftOut = /\[[^\]\n]*\brecall ref="([^"\s]+)"[^\]\n]*\]/

/** A recall that gives the result of an experiment back counts as that experiment. */
function asStep(step: Step): Step {
  const body = step.tool === 'recall' ? /^\[[^\n]*:\n(experiment on `.*)$/s.exec(step.text)?.[1] : undefined
  return body === undefined ? step : { ...step, tool: 'experiment', text: body }
}

/** Pairs calls with results and gathers the texts of a request. */
export function readTranscript(request: Pick<ModelRequest, 'system' | 'tools' | 'items'>): Transcript {
  const calls = new Map<string, { tool: string; args: string }>()
  const steps: Step[] = []
  const userTexts: string[] = []
  const all = [request.system]
  const take = (item: Item): void => {
    if (item.type === 'user') {
      userTexts.push(plain(item.parts))
      all.push(plain(item.parts))
    } else if (item.type === 'assistant') {
      for (const part of item.parts) {
        if (part.type === 'call') {
          calls.set(part.id, { tool: part.tool, args: part.args })
          if (part.tool === 'note') all.push(part.args)
        }
      }
    } else {
      for (const result of item.results) {
        const call = calls.get(result.id)
        const text = plain(result.parts)
        all.push(text)
        steps.push(
          asStep({
            index: steps.length,
            tool: result.tool,
            args: parseArgs(call?.args ?? ''),
            ok: result.ok,
            text,
            elided: leftOut.exec(text)?.[1] ?? null,
          }),
        )
      }
    }
  }
  request.items.forEach(take)
  return {
    tools: new Set(request.tools.map((tool) => tool.name)),
    answers: request.items.filter((item) => item.type === 'assistant').length,
    steps,
    userTexts,
    everything: all.join('\n'),
  }
}
