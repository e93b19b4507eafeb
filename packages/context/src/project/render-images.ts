import type { BlobRef } from '@cairn/journal'
import type { UserPart } from '@cairn/models'
import type { ImageRoom } from './view.ts'
import { handle } from './shorten.ts'

type Attachment = BlobRef & { mime: string; name?: string }

/**
 * Parts for the attachments of event `seq`. Where the room is too small the newest images win; the others, and
 * attachments that are no images, are named with their handle.
 */
export function renderImages(attachments: readonly Attachment[], seq: number, room: ImageRoom): UserPart[] {
  const parts: UserPart[] = []
  for (const attachment of attachments.toReversed()) parts.unshift(renderOne(attachment, seq, room))
  return mergeNotes(parts)
}

function renderOne(attachment: Attachment, seq: number, room: ImageRoom): UserPart {
  const what = `${attachment.name ?? attachment.mime}, ${attachment.bytes} bytes, sha256 ${attachment.sha256.slice(0, 12)}`
  if (!attachment.mime.startsWith('image/'))
    return { type: 'text', text: `[attachment: ${what}; ${handle(seq)}]` }
  const base64Bytes = Math.ceil(attachment.bytes / 3) * 4
  if (room.count < 1 || base64Bytes > room.bytes)
    return { type: 'text', text: `[image not shown, no room: ${what}; ${handle(seq)}]` }
  const bytes = room.load(attachment.sha256)
  if (bytes === null) return { type: 'text', text: `[image erased: ${what}]` }
  const base64 = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('base64')
  if (base64.length > room.bytes)
    return { type: 'text', text: `[image not shown, no room: ${what}; ${handle(seq)}]` }
  room.count--
  room.bytes -= base64.length
  return { type: 'image', mime: attachment.mime, base64 }
}

/** Names shown one by one before the rest is only counted. */
const NAMED = 8

/** Hundreds of notes in a row would cost more than they tell. */
function mergeNotes(parts: UserPart[]): UserPart[] {
  const notes = parts.filter((part) => part.type === 'text')
  if (notes.length <= NAMED) return parts
  const kept = new Set<UserPart>(notes.slice(-NAMED))
  const more: UserPart = { type: 'text', text: `[${notes.length - NAMED} more attachments not shown]` }
  return [more, ...parts.filter((part) => part.type === 'image' || kept.has(part))]
}
