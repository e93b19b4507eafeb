import type { BlobRef } from './event.ts'

/** Whether a value is the address of a blob. */
function isBlobRef(value: unknown): value is BlobRef {
  return (
    typeof value === 'object' &&
    value !== null &&
    'sha256' in value &&
    'bytes' in value &&
    typeof value.sha256 === 'string' &&
    typeof value.bytes === 'number' &&
    /^[0-9a-f]{64}$/.test(value.sha256)
  )
}

const fields: Readonly<Record<string, readonly string[]>> = {
  'user.message': ['attachments'],
  'tool.done': ['full', 'images'],
  'campaign.handed-in': ['patch'],
}

/**
 * The blobs that an event of this kind and body refers to. Only the fields that `EventBodies` reserves for them count:
 * arguments of tools are free JSON, and what looks like an address there is not one.
 */
export function blobRefs(kind: string, body: unknown): BlobRef[] {
  if (typeof body !== 'object' || body === null) return []
  const entries = Object.entries(body)
  return (fields[kind] ?? []).flatMap((field) => {
    const value: unknown = entries.find(([name]) => name === field)?.[1]
    return (Array.isArray(value) ? value : [value]).filter(isBlobRef)
  })
}
