import type { Item, ToolDeclaration, UserPart } from '@cairn/models'
import { estimateTokens } from '../ingest/estimate-tokens.ts'

/** What an image costs about, whatever its size in bytes: providers bill by tiles. */
export const IMAGE_TOKENS = 1_600
/** Role markers, ids and separators of one item or one result. */
export const ITEM_TOKENS = 6

/** Size of a part of a request, before calibration. */
export interface Size {
  tokens: number
  bytes: number
  images: number
  imageBytes: number
}

/** A new size of nothing. */
export function noSize(): Size {
  return { tokens: 0, bytes: 0, images: 0, imageBytes: 0 }
}

/** Adds `b` to `a` in place. */
export function addSize(a: Size, b: Readonly<Size>): Size {
  a.tokens += b.tokens
  a.bytes += b.bytes
  a.images += b.images
  a.imageBytes += b.imageBytes
  return a
}

/** `estimateTokens`, with the native count of bytes for what is ASCII, as most text here is. */
export function textTokens(text: string): number {
  return Buffer.byteLength(text) === text.length ? Math.ceil(text.length / 4) : estimateTokens(text)
}

function addText(size: Size, text: string): void {
  const bytes = Buffer.byteLength(text)
  size.tokens += bytes === text.length ? Math.ceil(bytes / 4) : estimateTokens(text)
  size.bytes += bytes
}

function addParts(size: Size, parts: readonly UserPart[]): void {
  for (const part of parts) {
    if (part.type === 'text') addText(size, part.text)
    else {
      size.tokens += IMAGE_TOKENS
      size.bytes += part.base64.length
      size.images++
      size.imageBytes += part.base64.length
    }
  }
}

/** Size of one item as it goes over the wire. */
export function sizeOfItem(item: Item): Size {
  const size: Size = { tokens: ITEM_TOKENS, bytes: 48, images: 0, imageBytes: 0 }
  if (item.type === 'user') addParts(size, item.parts)
  else if (item.type === 'results') {
    for (const result of item.results) {
      size.tokens += ITEM_TOKENS + Math.ceil(result.id.length / 4)
      size.bytes += 64 + result.id.length + result.tool.length
      addParts(size, result.parts)
    }
  } else {
    if (item.native) addText(size, JSON.stringify(item.native.data) ?? '')
    for (const part of item.parts) {
      if (part.type === 'call') {
        size.tokens += ITEM_TOKENS + Math.ceil((part.id.length + part.tool.length) / 4)
        size.bytes += 64 + part.id.length + part.tool.length
        addText(size, part.args)
      } else if (part.type === 'text' || !item.native) addText(size, part.text)
    }
  }
  return size
}

/** Size of what every request starts with. */
export function sizeOfPrefix(system: string, tools: readonly ToolDeclaration[]): Size {
  const size: Size = { tokens: ITEM_TOKENS, bytes: 128, images: 0, imageBytes: 0 }
  addText(size, system)
  if (tools.length > 0) addText(size, JSON.stringify(tools))
  return size
}
