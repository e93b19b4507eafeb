import { EMBEDDED, type ChosenModel } from '@cairn/server'
import { homedir } from 'node:os'
import { chooseModel } from './choose-model.ts'
import type { Invocation } from './command.ts'
import { loadConfig } from './config/config.ts'

/** The model that a person changes to. The address of one provider's server is not that of another. */
export async function chooseOther(
  reference: string,
  { io, values }: Pick<Invocation, 'io' | 'values'>,
  provider: string,
): Promise<ChosenModel> {
  const { env } = io
  const config = await loadConfig(env, env['HOME'] ?? homedir())
  const same = reference.split('/')[0] === provider
  const { 'base-url': baseUrl, wire, ...rest } = values
  const kept = same ? { 'base-url': baseUrl, wire } : {}
  const plain = { ...config }
  if (!same) {
    delete plain.base_url
    delete plain.wire
    delete plain.context_window
  }
  return chooseModel({ ...rest, ...kept, model: reference }, plain, env)
}

/** Models that can be changed to: the present one, the embedded engine, and those of providers whose key is set. */
export async function modelCandidates(env: NodeJS.ProcessEnv, present: string): Promise<string[]> {
  const { listCatalogue, PROVIDERS } = await import('@cairn/models')
  const known = listCatalogue().filter(({ provider }) =>
    (PROVIDERS[provider]?.keys ?? []).some((name) => (env[name] ?? '') !== ''),
  )
  return [...new Set([present, EMBEDDED, ...known.map((model) => `${model.provider}/${model.id}`)])]
}
