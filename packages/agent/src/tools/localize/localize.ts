import { renderLocalization, type Lab } from '@cairn/checks'
import { z } from 'zod'
import { promptText } from '../../prompt-text.ts'
import { defineTool, type Tool } from '../../tool.ts'

const schema = z.strictObject({
  command: z.string().min(1),
  tokens: z.number().int().min(60).max(20_000).optional().describe('Most tokens of the answer.'),
})

export function localizeTool(lab: Pick<Lab, 'localize'>): Tool {
  return defineTool({
    name: 'localize',
    description: promptText(new URL('./prompt.md', import.meta.url)),
    effect: 'exec',
    schema,
    async run(args, call) {
      const found = await lab.localize(args.command, { signal: call.signal })
      return { ok: true, output: renderLocalization(found, args.tokens) }
    },
  })
}
