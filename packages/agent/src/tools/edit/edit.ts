import type { Workspace } from '@cairn/workspace'
import { z } from 'zod'
import { promptText } from '../../prompt-text.ts'
import { defineTool, type Tool } from '../../tool.ts'

const schema = z.strictObject({
  path: z.string().min(1),
  old: z.string(),
  new: z.string(),
  all: z.boolean().optional(),
})

export function editTool(workspace: Workspace): Tool {
  return defineTool({
    name: 'edit',
    description: promptText(new URL('./prompt.md', import.meta.url)),
    effect: 'write',
    schema,
    run(args) {
      const result = workspace.edit(args.path, args.old, args.new, { all: args.all ?? false })
      if (!result.ok) return { ok: false, output: result.message }
      return { ok: true, output: result.value.summary, files: result.value.files }
    },
  })
}
