import { z } from 'zod'
import { promptText } from '../../prompt-text.ts'
import { defineTool, type Tool } from '../../tool.ts'

const schema = z.strictObject({
  items: z
    .array(
      z.strictObject({ text: z.string().min(1), status: z.enum(['pending', 'active', 'done', 'dropped']) }),
    )
    .max(100),
})

export function planTool(): Tool {
  return defineTool({
    name: 'plan',
    description: promptText(new URL('./prompt.md', import.meta.url)),
    effect: 'control',
    schema,
    run({ items }) {
      const active = items.filter((item) => item.status === 'active').length
      if (active > 1)
        return {
          ok: false,
          output: `${active} items are active; at most one can be. The plan was not changed.`,
        }
      const done = items.filter((item) => item.status === 'done').length
      return {
        ok: true,
        output: `Plan: ${done} of ${items.length} done.`,
        events: [{ kind: 'plan.updated', body: { items } }],
      }
    },
  })
}
