import type { Model, Wire } from '@cairn/models'
import type { Config } from './config/config.ts'
import type { Invocation } from './command.ts'
import { numberOption, stringOption } from './parse-command-line.ts'
import { UsageError } from './usage-error.ts'

const WIRES: readonly string[] = ['responses', 'chat', 'messages', 'gemini']
export const EMBEDDED = 'embedded/repair-1'

/** First provider whose key is set decides, so that a person who has one key needs no option at all. */
const BY_KEY: readonly (readonly [string, string])[] = [
  ['ANTHROPIC_API_KEY', 'anthropic/claude-sonnet-4-5'],
  ['OPENAI_API_KEY', 'openai/gpt-5.5'],
  ['GEMINI_API_KEY', 'google/gemini-2.5-pro'],
  ['OPENROUTER_API_KEY', 'openrouter/anthropic/claude-sonnet-4.5'],
]

export interface ChosenModel {
  model: Model
  window: number | null
  /** Whether the provider is asked for its own compaction as well. */
  providerCompaction: boolean
  /** Said to the person when the embedded engine was taken because nothing is configured. */
  notice: string | null
}

function isWire(name: string): name is Wire {
  return WIRES.includes(name)
}

/** Option, then CAIRN_MODEL or configuration, then a key in the environment, then the embedded engine. */
export async function chooseModel(
  values: Invocation['values'],
  config: Config,
  env: NodeJS.ProcessEnv,
): Promise<ChosenModel> {
  const asked = stringOption(values, 'model') ?? config.model ?? null
  const baseUrl = stringOption(values, 'base-url') ?? config.base_url ?? null
  const wire = stringOption(values, 'wire') ?? config.wire ?? null
  const window =
    numberOption(values, 'context-window', { integer: true, least: 2_048 }) ?? config.context_window ?? null
  if (wire !== null && !isWire(wire))
    throw new UsageError(`--wire is one of ${WIRES.join(', ')}, not ${JSON.stringify(wire)}`)
  if (asked === null && baseUrl !== null)
    throw new UsageError(
      '--base-url needs --model',
      'For example: --model openai-compatible/NAME --base-url URL',
    )
  const providerCompaction = values['provider-compaction'] === true || config.provider_compaction === true
  const reference = asked ?? BY_KEY.find(([name]) => (env[name] ?? '') !== '')?.[1] ?? EMBEDDED
  if (reference === EMBEDDED || reference === 'embedded') {
    const { createSolver } = await import('@cairn/solver')
    const notice =
      asked === null
        ? 'No model is configured: the embedded engine works, which mends failing checks of JavaScript and TypeScript projects. Set ANTHROPIC_API_KEY, OPENAI_API_KEY or GEMINI_API_KEY, or give --model, for everything else.'
        : null
    return {
      model: createSolver(window === null ? {} : { window }),
      window,
      providerCompaction: false,
      notice,
    }
  }
  const { createModel, parseModelRef } = await import('@cairn/models')
  const model = await createModel(
    {
      ...parseModelRef(reference),
      ...(baseUrl === null ? {} : { baseUrl }),
      ...(wire === null ? {} : { wire }),
      ...(window === null ? {} : { window }),
    },
    { env },
  )
  return { model, window, providerCompaction, notice: null }
}
