import { z } from 'zod'
import { promptText } from '../../prompt-text.ts'
import { defineTool, type Tool } from '../../tool.ts'

const schema = z.strictObject({
  summary: z.string().min(1),
  claims: z.array(z.strictObject({ claim: z.string().min(1), evidence: z.array(z.string()) })).optional(),
  open_items: z.array(z.string()).optional(),
})

export function finishTool(): Tool {
  return defineTool({
    name: 'finish',
    description: promptText(new URL('./prompt.md', import.meta.url)),
    effect: 'control',
    schema,
    run(args) {
      return {
        ok: true,
        output: '',
        finish: { summary: args.summary, claims: args.claims ?? [], openItems: args.open_items ?? [] },
      }
    },
  })
}
