import type { OptionSpec } from './command.ts'

/** Options that say which model is meant. */
export const MODEL_REFERENCE: Record<string, OptionSpec> = {
  model: {
    type: 'string',
    value: 'PROVIDER/MODEL',
    help: 'Model to use, for example anthropic/claude-sonnet-4-5. See `cairn models`.',
  },
  'base-url': { type: 'string', value: 'URL', help: 'Address of the model server.' },
  wire: {
    type: 'string',
    value: 'NAME',
    help: 'Wire format of the server: responses, chat, messages or gemini.',
  },
}

/** Options of everything that talks to a model. */
export const MODEL_OPTIONS: Record<string, OptionSpec> = {
  ...MODEL_REFERENCE,
  'context-window': {
    type: 'string',
    value: 'N',
    help: 'Tokens that fit into the context; default from the model catalogue.',
  },
  'provider-compaction': {
    type: 'boolean',
    help: 'Ask the provider for its own compaction as well (OpenAI, Anthropic).',
  },
}

/** Limits of one request. */
export const BUDGET_OPTIONS: Record<string, OptionSpec> = {
  'max-steps': { type: 'string', value: 'N', help: 'Stop after N model calls.' },
  'max-cost': { type: 'string', value: 'USD', help: 'Stop when this much money is spent.' },
  'max-tokens': {
    type: 'string',
    value: 'N',
    help: 'Stop when this many tokens are used, input and output together.',
  },
  timeout: { type: 'string', value: 'SECONDS', help: 'Stop after this time.' },
}
