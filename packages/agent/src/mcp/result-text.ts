import type { CallToolResult } from '@modelcontextprotocol/client'

/** What a result says, as text. Images, sound and binary resources are named, not shown. */
export function resultText(result: CallToolResult): string {
  const parts = result.content.map((part) => {
    if (part.type === 'text') return part.text
    if (part.type === 'resource' && 'text' in part.resource) return part.resource.text
    if (part.type === 'resource_link') return `[link ${part.uri}]`
    return `[${part.type}, not shown]`
  })
  if (parts.length === 0 && result.structuredContent !== undefined)
    return JSON.stringify(result.structuredContent)
  return parts.join('\n')
}
