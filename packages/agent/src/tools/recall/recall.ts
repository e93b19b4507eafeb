import type { Context, RecallQuery } from '@cairn/context'
import { z } from 'zod'
import { promptText } from '../../prompt-text.ts'
import { defineTool, type Tool } from '../../tool.ts'

const schema = z.strictObject({
  query: z.string().optional(),
  ref: z.string().optional(),
  lines: z.tuple([z.number().int().min(1), z.number().int().min(1)]).optional(),
  grep: z.string().optional(),
  limit: z.number().int().min(1).max(20).optional(),
})

export function recallTool(context: Pick<Context, 'recall'>): Tool {
  return defineTool({
    name: 'recall',
    description: promptText(new URL('./prompt.md', import.meta.url)),
    effect: 'read',
    schema,
    run(args) {
      if (args.query === undefined && args.ref === undefined)
        return { ok: false, output: 'Give a query or a ref.' }
      const query: RecallQuery = {
        ...(args.query === undefined ? {} : { query: args.query }),
        ...(args.ref === undefined ? {} : { ref: args.ref }),
        ...(args.lines === undefined ? {} : { lines: args.lines }),
        ...(args.grep === undefined ? {} : { grep: args.grep }),
        ...(args.limit === undefined ? {} : { limit: args.limit }),
      }
      const result = context.recall(query)
      return { ok: result.hits.length > 0, output: result.text }
    },
  })
}
