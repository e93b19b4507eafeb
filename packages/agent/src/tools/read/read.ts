import type { Workspace } from '@cairn/workspace'
import { z } from 'zod'
import { promptText } from '../../prompt-text.ts'
import { defineTool, type Tool } from '../../tool.ts'

const schema = z.strictObject({
  path: z.string().min(1),
  first: z.number().int().min(1).optional(),
  last: z.number().int().min(1).optional(),
})

function numbered(text: string, first: number): string {
  if (text === '') return '(empty)'
  const lines = text.split('\n')
  if (lines.at(-1) === '') lines.pop()
  return lines.map((line, index) => `${first + index}\t${line}`).join('\n')
}

export function readTool(workspace: Workspace): Tool {
  return defineTool({
    name: 'read',
    description: promptText(new URL('./prompt.md', import.meta.url)),
    effect: 'read',
    schema,
    run(args) {
      const range = {
        ...(args.first === undefined ? {} : { first: args.first }),
        ...(args.last === undefined ? {} : { last: args.last }),
      }
      const result = workspace.read(args.path, range)
      if (!result.ok) return { ok: false, output: result.message }
      const { path, text, first, last, totalLines, sha256 } = result.value
      const part = first > 1 || last < totalLines
      return {
        ok: true,
        header: part ? `[${path} lines ${first}-${last} of ${totalLines}]` : `[${path}, ${totalLines} lines]`,
        output: numbered(text, first),
        files: [{ path, op: 'seen', after: sha256, ...(part ? { range: [first, last] } : {}) }],
      }
    },
  })
}
