import { renderExperiment, type Lab } from '@cairn/checks'
import { z } from 'zod'
import { promptText } from '../../prompt-text.ts'
import { defineTool, type Tool } from '../../tool.ts'

const edit = z.strictObject({
  path: z.string().min(1),
  line: z.number().int().min(1),
  column: z.number().int().min(1),
  old: z.string(),
  new: z.string(),
})
const schema = z.strictObject({
  command: z.string().min(1),
  candidates: z
    .array(z.strictObject({ id: z.string().min(1).max(40), edits: z.array(edit).min(1).max(40) }))
    .min(1)
    .max(64),
})

export function experimentTool(lab: Pick<Lab, 'experiment'>): Tool {
  return defineTool({
    name: 'experiment',
    description: promptText(new URL('./prompt.md', import.meta.url)),
    effect: 'exec',
    schema,
    async run(args, call) {
      const report = await lab.experiment(args.command, args.candidates, { signal: call.signal })
      return { ok: true, output: renderExperiment(report) }
    },
  })
}
