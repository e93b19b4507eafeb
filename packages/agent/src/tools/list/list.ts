import type { Workspace } from '@cairn/workspace'
import { z } from 'zod'
import { promptText } from '../../prompt-text.ts'
import { defineTool, type Tool } from '../../tool.ts'

const schema = z.strictObject({
  path: z.string().optional(),
  depth: z.number().int().min(1).max(20).optional(),
  glob: z.string().optional(),
})

export function listTool(workspace: Workspace): Tool {
  return defineTool({
    name: 'list',
    description: promptText(new URL('./prompt.md', import.meta.url)),
    effect: 'read',
    schema,
    async run(args) {
      const { path, ...options } = args
      const result = await workspace.list(path ?? '.', options)
      if (!result.ok) return { ok: false, output: result.message }
      return { ok: true, output: result.value.text + (result.value.truncated ? '\n[cut at the limit]' : '') }
    },
  })
}
