import { isImageName, loadImage, type ImageFile, type UserInput } from '@cairn/agent/image'
import { statSync } from 'node:fs'
import { basename, isAbsolute, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { UsageError } from './usage-error.ts'

/** `@name`, or a whole path as terminals paste it where a file is dropped: quoted, escaped or as an address. */
const NAMED = /(?:^|\s)(?:@(\S+)|'([^']+)'|"([^"]+)"|((?:file:\/\/)?\/(?:\\.|[^\s\\])+))/gu

function isFile(path: string): boolean {
  try {
    return statSync(path).isFile()
  } catch {
    return false
  }
}

/** Reads an image that a person named. Throws where there is no such file, or where it is no image. */
function namedImage(name: string, cwd: string): ImageFile {
  const path = resolve(cwd, name)
  if (!isFile(path)) throw new UsageError(`there is no image ${name}`, 'Give the path of a file.')
  return loadImage(path, basename(path))
}

function pathOf(word: string): string {
  if (!word.startsWith('file://')) return word.replace(/\\(.)/gu, '$1')
  try {
    return fileURLToPath(word)
  } catch {
    return word
  }
}

/** Paths of images that a message names and that exist, each once. */
export function mentionedImages(text: string, cwd: string): string[] {
  const found = new Set<string>()
  for (const [, at, single, double, bare] of text.matchAll(NAMED)) {
    const path = at ?? single ?? double ?? pathOf(bare ?? '')
    if (!isImageName(path) || (at === undefined && !isAbsolute(path))) continue
    if (isFile(resolve(cwd, path))) found.add(path)
  }
  return [...found]
}

/** What a person says with the images of a list of paths, and with those that the text names. */
export function withImages(text: string, list: string | null, cwd: string): UserInput {
  const listed = list === null ? [] : isFile(resolve(cwd, list)) ? [list] : list.split(',')
  const names = new Set([...listed.map((name) => name.trim()).filter(Boolean), ...mentionedImages(text, cwd)])
  return { text, images: [...names].map((name) => namedImage(name, cwd)) }
}
