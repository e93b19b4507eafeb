import type { BlobRef, BlobStore } from '@cairn/journal'
import { closeSync, createReadStream, mkdirSync, openSync, rmSync, writeSync } from 'node:fs'
import { join } from 'node:path'

/** Output up to this size waits in memory, beyond it in a file. */
const memoryBytes = 1 << 20

/**
 * Every byte of an output, to become a blob. Written synchronously: a file takes a chunk faster than a pipe brings it,
 * and nothing can pile up in memory.
 */
export const createSpool = (folder: string, name: string, blobs: BlobStore) => {
  let chunks: Buffer[] = []
  let size = 0
  let fd: number | null = null
  const path = join(folder, name)

  return {
    push(chunk: Buffer) {
      size += chunk.length
      if (fd === null && size <= memoryBytes) {
        chunks.push(Buffer.from(chunk))
        return
      }
      if (fd === null) {
        mkdirSync(folder, { recursive: true, mode: 0o700 })
        fd = openSync(path, 'wx', 0o600)
        for (const earlier of chunks) writeAll(fd, earlier)
        chunks = []
      }
      writeAll(fd, chunk)
    },
    async toBlob(): Promise<BlobRef> {
      if (fd === null) return blobs.putBlob(Buffer.concat(chunks))
      closeSync(fd)
      fd = null
      try {
        return await blobs.putBlobStream(createReadStream(path, { highWaterMark: 1 << 18 }))
      } finally {
        rmSync(path, { force: true })
      }
    },
    discard() {
      chunks = []
      if (fd === null) return
      closeSync(fd)
      fd = null
      rmSync(path, { force: true })
    },
  }
}

export type Spool = ReturnType<typeof createSpool>

const writeAll = (fd: number, bytes: Buffer) => {
  for (let done = 0; done < bytes.length;) done += writeSync(fd, bytes, done)
}
