import { resolveModel, type ChosenModel, type ModelChoice } from '@cairn/server'
import type { Config } from './config/config.ts'
import type { Invocation } from './command.ts'
import { numberOption, stringOption } from './parse-command-line.ts'

/** What options say about the model, then CAIRN_… variables and the configuration. */
function modelChoice(values: Invocation['values'], config: Config): ModelChoice {
  const window = numberOption(values, 'context-window', { integer: true, least: 2_048 })
  return {
    model: stringOption(values, 'model') ?? config.model,
    baseUrl: stringOption(values, 'base-url') ?? config.base_url,
    wire: stringOption(values, 'wire') ?? config.wire,
    window: window ?? config.context_window,
    providerCompaction: values['provider-compaction'] === true || config.provider_compaction === true,
  }
}

/** Option, then CAIRN_MODEL or configuration, then a key in the environment, then the embedded engine. */
export function chooseModel(
  values: Invocation['values'],
  config: Config,
  env: NodeJS.ProcessEnv,
): Promise<ChosenModel> {
  return resolveModel(modelChoice(values, config), env)
}
