import { createHash } from 'node:crypto'
import { z } from 'zod'
import { promptText } from '../../prompt-text.ts'
import { defineTool, type Tool } from '../../tool.ts'

const schema = z.strictObject({
  type: z.enum([
    'decision',
    'contract',
    'assumption',
    'rejected',
    'constraint',
    'failure',
    'command',
    'fact',
    'question',
  ]),
  text: z.string().min(1).max(2_000),
  key: z.string().max(120).optional(),
  paths: z.array(z.string()).max(20).optional(),
})

export function noteTool(): Tool {
  return defineTool({
    name: 'note',
    description: promptText(new URL('./prompt.md', import.meta.url)),
    effect: 'control',
    schema,
    run(args, call) {
      const id = `n${createHash('sha256').update(call.id).update(args.text).digest('hex').slice(0, 8)}`
      return {
        ok: true,
        output: `Noted as ${id}.`,
        events: [
          {
            kind: 'note.written',
            body: {
              id,
              type: args.type,
              text: args.text,
              ...(args.key === undefined ? {} : { key: args.key }),
              ...(args.paths === undefined ? {} : { scope: { paths: args.paths } }),
            },
          },
        ],
      }
    },
  })
}
