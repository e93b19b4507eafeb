import type { Workspace } from '@cairn/workspace'
import { z } from 'zod'
import { promptText } from '../../prompt-text.ts'
import { AgentError } from '../../errors.ts'
import { describeImage, imageFile, isImageName, MAX_IMAGE_BYTES } from '../../image-file.ts'
import { defineTool, type Tool, type ToolOutcome } from '../../tool.ts'

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

/** An image is shown where the model takes images, and named where it does not. */
function readImage(workspace: Workspace, path: string, shown: boolean): ToolOutcome | null {
  const file = workspace.readBytes(path, MAX_IMAGE_BYTES)
  if (!file.ok) return isImageName(path) ? { ok: false, output: file.message } : null
  const { bytes, path: name, sha256 } = file.value
  try {
    const image = imageFile(name, bytes)
    if (!shown) return { ok: false, output: `${describeImage(image)}. This model takes no images.` }
    return {
      ok: true,
      output: `[${describeImage(image)}]`,
      images: [image],
      files: [{ path: name, op: 'seen', after: sha256 }],
    }
  } catch (error) {
    if (!(error instanceof AgentError)) throw error
    return isImageName(path) ? { ok: false, output: `${error.message}. ${error.hint}` } : null
  }
}

/** `images`: whether the model takes them. */
export function readTool(workspace: Workspace, images: boolean): Tool {
  return defineTool({
    name: 'read',
    description: `${promptText(new URL('./prompt.md', import.meta.url)).trim()}${images ? ' Images are shown.' : ''}`,
    effect: 'read',
    schema,
    run(args) {
      const range = {
        ...(args.first === undefined ? {} : { first: args.first }),
        ...(args.last === undefined ? {} : { last: args.last }),
      }
      const result = workspace.read(args.path, range)
      if (!result.ok) {
        const image = result.code === 'binary' ? readImage(workspace, args.path, images) : null
        return image ?? { ok: false, output: result.message }
      }
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
