import { blobRefs } from './blob-refs.ts'

/** Hashes of the blobs without which an event cannot be used again: what it refers to, and the configuration that it names. */
export function eventBlobs(kind: string, body: unknown): string[] {
  const refs = blobRefs(kind, body).map(({ sha256 }) => sha256)
  if (kind !== 'session.environment') return refs
  const config = field(field(body, 'facts'), 'config')
  const sha256 = field(config, 'sha256')
  return typeof sha256 === 'string' ? [...refs, sha256] : refs
}

const field = (value: unknown, name: string): unknown =>
  typeof value === 'object' && value !== null ? Reflect.get(value, name) : undefined
