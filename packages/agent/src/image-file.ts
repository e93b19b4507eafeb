import type { ModelInfo } from '@cairn/models'
import { imageSize } from 'image-size'
import { readFileSync, statSync } from 'node:fs'
import { AgentError } from './errors.ts'

/** An image that a model can be shown. */
export interface ImageFile {
  name: string
  mime: string
  bytes: Uint8Array
  /** In pixels. */
  width: number
  height: number
}

/** What a person says: a text, and images beside it. */
export interface UserInput {
  text: string
  images: readonly ImageFile[]
  /** Said by another agent, not by a person. Default: by a person. */
  by?: 'agent'
}

/** 5 MB in base64, the least that the providers take. */
export const MAX_IMAGE_BYTES = 3_750_000
/** Wider or higher ones are refused by providers, and a refused request would be refused again at each step. */
const MAX_SIDE = 8_000

const MIME: Record<string, string> = {
  png: 'image/png',
  jpg: 'image/jpeg',
  gif: 'image/gif',
  webp: 'image/webp',
}

/** Names that promise one of the formats that every provider takes. */
export const isImageName = (path: string): boolean => /\.(?:png|jpe?g|gif|webp)$/iu.test(path)

function measured(bytes: Uint8Array): { width: number; height: number; type?: string } | null {
  try {
    return imageSize(bytes)
  } catch {
    return null
  }
}

function refuseLarge(name: string, bytes: number): void {
  if (bytes <= MAX_IMAGE_BYTES) return
  throw new AgentError(
    'bad-image',
    `${name} has ${(bytes / 1e6).toFixed(1)} MB; models take at most ${MAX_IMAGE_BYTES / 1e6} MB`,
    'Make it smaller first, for example with ImageMagick.',
  )
}

/** An image from a file, refused before it is read where it is too large. Throws as `imageFile` does. */
export function loadImage(path: string, name: string): ImageFile {
  refuseLarge(name, statSync(path).size)
  return imageFile(name, readFileSync(path))
}

/**
 * Reads an image by its content, not by its name: PNG, JPEG, GIF or WebP of at most 3.75 MB and 8,000 pixels a side.
 * Throws an `AgentError` (`bad-image`) that says which of it does not hold.
 */
export function imageFile(name: string, bytes: Uint8Array): ImageFile {
  refuseLarge(name, bytes.length)
  const bad = (why: string, hint: string) => new AgentError('bad-image', `${name} ${why}`, hint)
  const size = measured(bytes)
  const mime = MIME[size?.type ?? '']
  if (size === null || mime === undefined)
    throw bad('is not an image that models take', 'Give a PNG, JPEG, GIF or WebP file.')
  const { width, height } = size
  if (Math.max(width, height) > MAX_SIDE)
    throw bad(
      `has ${width}×${height} pixels; models take at most ${MAX_SIDE} a side`,
      'Cut out the part that matters, or make it smaller.',
    )
  return { name, mime, bytes, width, height }
}

/** What stands for an image in text. */
export const describeImage = ({ name, mime, width, height, bytes }: ImageFile): string =>
  `${name}: ${mime.slice('image/'.length).toUpperCase()} image, ${width}×${height} pixels, ${bytes.length} bytes`

/** What was said, as one shape. Throws where there are images and the model takes none. */
export function userInput(
  said: string | UserInput,
  model: Pick<ModelInfo, 'provider' | 'id' | 'images'>,
): UserInput {
  if (typeof said === 'string') return { text: said, images: [] }
  if (said.images.length === 0 || model.images) return said
  throw new AgentError(
    'bad-image',
    `${model.provider}/${model.id} takes no images`,
    'Choose a model that does (`cairn models`), or leave the images out.',
  )
}
