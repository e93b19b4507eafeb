import type { Effort } from '@cairn/agent'
import { chooseModel } from '../../choose-model.ts'
import { loadConfig } from '../../config/config.ts'
import { homedir } from 'node:os'
import type { SlashCommand, SlashHost } from './slash-command.ts'

const EFFORTS: readonly Effort[] = ['minimal', 'low', 'medium', 'high', 'max']
const isEffort = (word: string): word is Effort => EFFORTS.some((each) => each === word)

async function switchTo(reference: string, host: SlashHost): Promise<void> {
  const { env } = host.io
  const config = await loadConfig(env, env['HOME'] ?? homedir())
  const same = reference.split('/')[0] === host.session.info.provider
  // The address of one provider's server is not that of another.
  const { 'base-url': baseUrl, wire, ...values } = host.values
  const kept = same ? { 'base-url': baseUrl, wire } : {}
  const plain = { ...config }
  if (!same) {
    delete plain.base_url
    delete plain.wire
    delete plain.context_window
  }
  const chosen = await chooseModel({ ...values, ...kept, model: reference }, plain, env)
  await host.session.switchModel(chosen)
  host.notice('good', `model: ${host.session.model}`)
}

async function candidates(host: SlashHost): Promise<string[]> {
  const { listCatalogue, PROVIDERS } = await import('@cairn/models')
  const { env } = host.io
  const known = listCatalogue().filter(({ provider }) =>
    (PROVIDERS[provider]?.keys ?? []).some((name) => (env[name] ?? '') !== ''),
  )
  return [
    ...new Set([
      host.session.model,
      'embedded/repair-1',
      ...known.map((model) => `${model.provider}/${model.id}`),
    ]),
  ]
}

/** Commands about who thinks, and how hard. */
export const MODEL_COMMANDS: readonly SlashCommand[] = [
  {
    name: 'model',
    summary: 'show or change the model; the session goes on',
    usage: '[PROVIDER/MODEL]',
    whileWorking: false,
    async run(words, host) {
      if (words !== '') return switchTo(words, host)
      const found = await candidates(host)
      host.openPane({
        title: `Model (now ${host.session.model}); others with /model PROVIDER/MODEL`,
        lines: () => [],
        choices: found.map((label) => ({ label, choose: () => switchTo(label, host) })),
      })
    },
  },
  {
    name: 'effort',
    summary: 'how hard the model thinks: minimal to max, or default',
    usage: '[LEVEL]',
    whileWorking: true,
    values: () => [...EFFORTS, 'default'].map((value) => ({ value, label: value })),
    run(words, host) {
      const set = (word: string) => {
        host.session.setEffort(isEffort(word) ? word : null)
        host.notice('good', `effort: ${word}, from the next step on`)
      }
      if (isEffort(words) || words === 'default') return set(words)
      if (words !== '')
        return host.notice('warn', `there is no effort ${words}: ${EFFORTS.join(', ')} or default`)
      host.openPane({
        title: `Effort (now ${host.session.effort ?? 'default'})`,
        lines: () => [],
        choices: [...EFFORTS, 'default'].map((label) => ({ label, choose: () => set(label) })),
      })
    },
  },
]
