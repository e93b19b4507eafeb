import type { CallToolResult } from '@modelcontextprotocol/client'
import { imageFile, type ImageFile } from '../image-file.ts'
import type { ToolOutcome } from '../tool.ts'

/** Images of one result that the model is shown. */
const MOST_IMAGES = 4

/** What a result says, as text; images beside it, and a word for what cannot be shown (sound, binary resources, broken images). */
export function resultOutcome(result: CallToolResult): ToolOutcome {
  const images: ImageFile[] = []
  const image = (data: string): string => {
    if (images.length >= MOST_IMAGES) return `[image, not shown: the first ${MOST_IMAGES} are]`
    try {
      images.push(imageFile('the image', Buffer.from(data, 'base64')))
      return `[image ${images.length}]`
    } catch (error) {
      return `[image, not shown: ${error instanceof Error ? error.message : String(error)}]`
    }
  }
  const parts = result.content.map((part) => {
    if (part.type === 'text') return part.text
    if (part.type === 'image') return image(part.data)
    if (part.type === 'resource' && 'text' in part.resource) return part.resource.text
    if (part.type === 'resource_link') return `[link ${part.uri}]`
    return `[${part.type}, not shown]`
  })
  const isBare = parts.length === 0 && result.structuredContent !== undefined
  return {
    ok: result.isError !== true,
    output: isBare ? JSON.stringify(result.structuredContent) : parts.join('\n'),
    ...(images.length === 0 ? {} : { images }),
  }
}
