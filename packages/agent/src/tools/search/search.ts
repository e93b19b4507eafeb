import type { Workspace } from '@cairn/workspace'
import { z } from 'zod'
import { promptText } from '../../prompt-text.ts'
import { defineTool, type Tool } from '../../tool.ts'

const schema = z.strictObject({
  pattern: z.string().min(1),
  path: z.string().optional(),
  glob: z.string().optional(),
  literal: z.boolean().optional(),
  ignore_case: z.boolean().optional(),
  context: z.number().int().min(0).max(20).optional(),
  limit: z.number().int().min(1).max(2_000).optional(),
})

export function searchTool(workspace: Workspace): Tool {
  return defineTool({
    name: 'search',
    description: promptText(new URL('./prompt.md', import.meta.url)),
    effect: 'read',
    schema,
    async run(args) {
      const { ignore_case: ignoreCase, ...rest } = args
      const result = await workspace.search({ ...rest, ...(ignoreCase === undefined ? {} : { ignoreCase }) })
      if (!result.ok) return { ok: false, output: result.message }
      const { text, matches, files, truncated } = result.value
      const header = `[${matches} matches in ${files} files${truncated ? ', cut at the limit' : ''}]`
      return { ok: true, header, output: text }
    },
  })
}
