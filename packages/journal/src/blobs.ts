import { createHash, hash } from 'node:crypto'
import type { DatabaseSync } from 'node:sqlite'
import { zstdCompressSync, zstdDecompressSync } from 'node:zlib'
import type { BlobRef } from './event.ts'
import type { HeldBlob } from './held-blob.ts'
import type { BlobInfo } from './store.ts'
import { JournalError } from './journal-error.ts'
import { bytes, integer, text } from './row.ts'

/** Bytes of a chunk before compression: what a range read reads at least. */
export const chunkBytes = 256 * 1024

const keysPerBlob = 2 ** 20
const codec = { raw: 0, zstd: 1 } as const

/** Blobs inside one database. Writing has to happen in a transaction of the caller. */
export interface Blobs {
  put(content: Uint8Array): BlobRef
  /** A stream in steps, because no transaction may stay open while it waits for its source. */
  begin(): BlobWriter
  size(sha256: string): number | null
  range(sha256: string, start: number, end: number): Uint8Array | null
  erase(sha256: string, time: number, reason: string): BlobRef | null
  dropUnfinished(): void
  info(): IterableIterator<BlobInfo>
  /** Every blob with a way to hash what is stored, chunk by chunk. */
  list(): IterableIterator<HeldBlob>
}

/** One streamed blob: full chunks, one shorter one, then the end. */
interface BlobWriter {
  write(chunk: Uint8Array): void
  /** False where the row is gone, because another writer has cleaned up. */
  finish(sha256: string, length: number): boolean
  abandon(): void
}

const toHex = (hash: Uint8Array): string => Buffer.from(hash).toString('hex')

/** Prepares the statements for blobs. */
export function openBlobs(db: DatabaseSync): Blobs {
  const find = db.prepare('SELECT id, bytes, erased FROM blobs WHERE sha256 = ?')
  const insert = db.prepare('INSERT INTO blobs(sha256, bytes) VALUES(?, ?)')
  const revive = db.prepare('UPDATE blobs SET erased = NULL, reason = NULL WHERE id = ?')
  const insertChunk = db.prepare('INSERT INTO chunks(key, codec, data) VALUES(?, ?, ?)')
  const readChunks = db.prepare('SELECT key, codec, data FROM chunks WHERE key BETWEEN ? AND ? ORDER BY key')
  const removeChunks = db.prepare('DELETE FROM chunks WHERE key BETWEEN ? AND ?')
  const removeBlob = db.prepare('DELETE FROM blobs WHERE id = ?')
  const settle = db.prepare('UPDATE blobs SET sha256 = ?, bytes = ? WHERE id = ? AND sha256 IS NULL')
  const markErased = db.prepare('UPDATE blobs SET erased = ?, reason = ? WHERE id = ?')
  const all = db.prepare(
    'SELECT id, sha256, bytes, erased, reason FROM blobs WHERE sha256 IS NOT NULL ORDER BY id',
  )
  const unfinished = db.prepare('SELECT id FROM blobs WHERE sha256 IS NULL')

  const address = (sha256: string): Uint8Array => Buffer.from(sha256, 'hex')

  function lookUp(sha256: string): { id: number; bytes: number; erased: boolean } | null {
    const row = find.get(address(sha256))
    return row === undefined
      ? null
      : { id: integer(row, 'id'), bytes: integer(row, 'bytes'), erased: row['erased'] !== null }
  }

  function writeChunk(id: number, index: number, chunk: Uint8Array): void {
    // Told the size, zstd makes small tables for small blobs, which halves their cost.
    const packed = zstdCompressSync(chunk, { pledgedSrcSize: chunk.length })
    const key = id * keysPerBlob + index
    if (packed.length < chunk.length) insertChunk.run(key, codec.zstd, packed)
    else insertChunk.run(key, codec.raw, chunk)
  }

  function removeAll(id: number): void {
    removeChunks.run(id * keysPerBlob, (id + 1) * keysPerBlob - 1)
  }

  function put(content: Uint8Array): BlobRef {
    const digest = hash('sha256', content, 'buffer')
    const ref = { sha256: toHex(digest), bytes: content.length }
    const known = lookUp(ref.sha256)
    if (known !== null && !known.erased) return ref
    const id = known === null ? Number(insert.run(digest, content.length).lastInsertRowid) : known.id
    if (known !== null) revive.run(id)
    for (let at = 0, index = 0; at < content.length; at += chunkBytes, index++) {
      writeChunk(id, index, content.subarray(at, at + chunkBytes))
    }
    return ref
  }

  function begin(): BlobWriter {
    const id = Number(insert.run(null, 0).lastInsertRowid)
    let index = 0
    const abandon = (): void => {
      removeAll(id)
      removeBlob.run(id)
    }
    return {
      write: (chunk) => writeChunk(id, index++, chunk),
      finish(sha256, length) {
        const known = lookUp(sha256)
        if (known !== null && !known.erased) {
          abandon()
          return true
        }
        if (known !== null) removeBlob.run(known.id)
        return Number(settle.run(address(sha256), length, id).changes) === 1
      },
      abandon,
    }
  }

  function range(sha256: string, start: number, end: number): Uint8Array | null {
    const blob = lookUp(sha256)
    if (blob === null || blob.erased) return null
    const from = Math.max(0, Math.min(start, blob.bytes))
    const to = Math.max(from, Math.min(end, blob.bytes))
    const out = Buffer.alloc(to - from)
    if (to === from) return out
    const first = Math.floor(from / chunkBytes)
    let expected = blob.id * keysPerBlob + first
    const last = blob.id * keysPerBlob + Math.floor((to - 1) / chunkBytes)
    for (const row of readChunks.iterate(expected, last)) {
      if (integer(row, 'key') !== expected) break
      const at = (expected - blob.id * keysPerBlob) * chunkBytes
      const chunk = unpack(integer(row, 'codec'), bytes(row, 'data'), sha256)
      if (chunk.length !== Math.min(chunkBytes, blob.bytes - at)) break
      out.set(chunk.subarray(Math.max(0, from - at), Math.min(chunk.length, to - at)), Math.max(0, at - from))
      expected++
    }
    if (expected !== last + 1) throw damaged(sha256)
    return out
  }

  function digest(id: number): { sha256: string; bytes: number } | null {
    const running = createHash('sha256')
    let length = 0
    try {
      for (const row of readChunks.iterate(id * keysPerBlob, (id + 1) * keysPerBlob - 1)) {
        const chunk = unpack(integer(row, 'codec'), bytes(row, 'data'), '')
        running.update(chunk)
        length += chunk.length
      }
      return { sha256: running.digest('hex'), bytes: length }
    } catch {
      return null
    }
  }

  function* list(): IterableIterator<HeldBlob> {
    for (const row of all.all()) {
      const id = integer(row, 'id')
      const erased = row['erased'] !== null
      yield {
        sha256: toHex(bytes(row, 'sha256')),
        bytes: integer(row, 'bytes'),
        erased,
        digest: () => digest(id),
      }
    }
  }

  function* info(): IterableIterator<BlobInfo> {
    for (const row of all.all()) {
      const erased = row['erased'] === null ? null : text(row, 'reason')
      yield { sha256: toHex(bytes(row, 'sha256')), bytes: integer(row, 'bytes'), erased }
    }
  }

  return {
    put,
    begin,
    range,
    list,
    info,
    size(sha256) {
      const blob = lookUp(sha256)
      return blob === null || blob.erased ? null : blob.bytes
    },
    erase(sha256, time, reason) {
      const blob = lookUp(sha256)
      if (blob === null || blob.erased) return null
      removeAll(blob.id)
      markErased.run(time, reason, blob.id)
      return { sha256, bytes: blob.bytes }
    },
    dropUnfinished() {
      for (const row of unfinished.all()) {
        removeAll(integer(row, 'id'))
        removeBlob.run(integer(row, 'id'))
      }
    },
  }
}

function unpack(kind: number, data: Uint8Array, sha256: string): Uint8Array {
  if (kind === codec.raw) return data
  try {
    return zstdDecompressSync(data, { maxOutputLength: chunkBytes })
  } catch (error) {
    throw damaged(sha256, error)
  }
}

function damaged(sha256: string, cause?: unknown): JournalError {
  return new JournalError(
    'corrupt',
    `The blob ${sha256} is damaged: its chunks are not what was stored.`,
    'Keep a copy of the file; the other blobs and the events are not touched by this.',
    { sha256 },
    cause,
  )
}

/** Cuts a stream into chunks of `chunkBytes` and hands each to `full`; gives the rest, the digest and the length. */
export async function cutStream(
  source: AsyncIterable<Uint8Array>,
  full: (chunk: Uint8Array) => void,
): Promise<{ rest: Uint8Array; sha256: string; length: number }> {
  const digest = createHash('sha256')
  const buffer = Buffer.allocUnsafe(chunkBytes)
  let filled = 0
  let length = 0
  for await (const piece of source) {
    digest.update(piece)
    length += piece.length
    for (let at = 0; at < piece.length;) {
      const part = piece.subarray(at, at + chunkBytes - filled)
      buffer.set(part, filled)
      filled += part.length
      at += part.length
      if (filled === chunkBytes) {
        full(buffer)
        filled = 0
      }
    }
  }
  return { rest: buffer.subarray(0, filled), sha256: digest.digest('hex'), length }
}
