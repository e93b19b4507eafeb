import type { Workspace } from '@cairn/workspace'
import { z } from 'zod'
import { promptText } from '../../prompt-text.ts'
import { defineTool, type Tool } from '../../tool.ts'

const schema = z.strictObject({ patch: z.string().min(1) })

export function applyPatchTool(workspace: Workspace): Tool {
  return defineTool({
    name: 'apply_patch',
    description: promptText(new URL('./prompt.md', import.meta.url)),
    effect: 'write',
    schema,
    run(args) {
      const result = workspace.applyPatch(args.patch)
      if (!result.ok) return { ok: false, output: result.message }
      return { ok: true, output: result.value.summary, files: result.value.files }
    },
  })
}
