import type { Model, Wire } from '@cairn/models'
import { DriveError } from './errors.ts'

const WIRES: readonly string[] = ['responses', 'chat', 'messages', 'gemini']
/** The engine that works without weights, key or network. */
export const EMBEDDED = 'embedded/repair-1'

/** First provider whose key is set decides, so that a person who has one key needs no option at all. */
const BY_KEY: readonly (readonly [string, string])[] = [
  ['ANTHROPIC_API_KEY', 'anthropic/claude-sonnet-4-5'],
  ['OPENAI_API_KEY', 'openai/gpt-5.5'],
  ['GEMINI_API_KEY', 'google/gemini-2.5-pro'],
  ['OPENROUTER_API_KEY', 'openrouter/anthropic/claude-sonnet-4.5'],
]

/** Which model is wanted. All of it is optional. */
export interface ModelChoice {
  /** `PROVIDER/MODEL`. Default: a provider whose key is in the environment, else the embedded engine. */
  model?: string | undefined
  /** Address of the model server. */
  baseUrl?: string | undefined
  /** Wire format of the server: responses, chat, messages or gemini. */
  wire?: string | undefined
  /** Tokens that fit into the context. Default: from the catalogue. */
  window?: number | undefined
  /** Ask the provider for its own compaction as well. Default: no. */
  providerCompaction?: boolean
}

export interface ChosenModel {
  model: Model
  window: number | null
  /** Whether the provider is asked for its own compaction as well. */
  providerCompaction: boolean
  /** Said to the person when the embedded engine was taken because nothing is configured. */
  notice: string | null
}

const isWire = (name: string): name is Wire => WIRES.includes(name)

/** Makes the model that is meant. Throws `DriveError` `bad-model`, and what `createModel` throws. */
export async function resolveModel(choice: ModelChoice, env: NodeJS.ProcessEnv): Promise<ChosenModel> {
  const { baseUrl, wire } = choice
  const asked = choice.model ?? null
  const window = choice.window ?? null
  if (wire !== undefined && !isWire(wire))
    throw new DriveError(
      'bad-model',
      `--wire is one of ${WIRES.join(', ')}, not ${JSON.stringify(wire)}`,
      'Leave it out where the provider is a known one.',
    )
  if (asked === null && baseUrl !== undefined)
    throw new DriveError(
      'bad-model',
      '--base-url needs --model',
      'For example: --model openai-compatible/NAME --base-url URL',
    )
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
      ...(baseUrl === undefined ? {} : { baseUrl }),
      ...(wire === undefined ? {} : { wire }),
      ...(window === null ? {} : { window }),
    },
    { env },
  )
  return { model, window, providerCompaction: choice.providerCompaction === true, notice: null }
}
