import type { ContentBlock } from '@agentclientprotocol/sdk'
import { imageFile, type ImageFile, type UserInput } from '@cairn/agent/image'
import { basename, relative } from 'node:path'
import { fileURLToPath } from 'node:url'
import { DriveError } from '../drive/errors.ts'

/** The path below the workspace that an address names, else the address. */
function nameOf(uri: string, cwd: string): string {
  if (!uri.startsWith('file://')) return uri
  try {
    const path = fileURLToPath(uri)
    const inside = relative(cwd, path)
    return inside === '' || inside.startsWith('..') ? path : inside
  } catch {
    return uri
  }
}

/**
 * A fence longer than any in the text: what is attached is quoted, and does not speak with the voice of the person.
 */
function fenced(text: string): string {
  const longest = Math.max(2, ...[...text.matchAll(/`{3,}/gu)].map(([ticks]) => ticks.length))
  const fence = '`'.repeat(longest + 1)
  return `${fence}\n${text}\n${fence}`
}

/**
 * What a client sends as a prompt, as a message. Resources become names, or quoted text where their content was sent.
 * Throws `DriveError` `bad-message` for what cannot be said to the model, and as `imageFile` does.
 */
export function readPrompt(blocks: readonly ContentBlock[], cwd: string): UserInput {
  const parts: string[] = []
  const images: ImageFile[] = []
  for (const block of blocks) {
    if (block.type === 'text') parts.push(block.text)
    else if (block.type === 'resource_link') parts.push(`@${nameOf(block.uri, cwd)}`)
    else if (block.type === 'image') {
      const name = block.uri ? basename(nameOf(block.uri, cwd)) : `image ${images.length + 1}`
      images.push(imageFile(name, Buffer.from(block.data, 'base64')))
    } else if (block.type === 'resource') {
      const { resource } = block
      if (!('text' in resource))
        throw new DriveError(
          'bad-message',
          `${resource.uri} was sent as bytes`,
          'Send text, images or links.',
        )
      parts.push(`\n${nameOf(resource.uri, cwd)}:\n${fenced(resource.text)}\n`)
    } else throw new DriveError('bad-message', `${block.type} cannot be heard`, 'Send text, images or links.')
  }
  const text = parts.join('').trim()
  if (text === '' && images.length === 0)
    throw new DriveError('bad-message', 'the prompt is empty', 'Say what shall be done.')
  return { text, images }
}
