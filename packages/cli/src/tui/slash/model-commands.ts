import { EFFORTS, isEffort } from '@cairn/server'
import { chooseOther, modelCandidates } from '../../choose-other.ts'
import type { SlashCommand, SlashHost } from './slash-command.ts'

async function switchTo(reference: string, host: SlashHost): Promise<void> {
  await host.session.switchModel(await chooseOther(reference, host, host.session.info.provider))
  host.notice('good', `model: ${host.session.model}`)
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
      const found = await modelCandidates(host.io.env, host.session.model)
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
