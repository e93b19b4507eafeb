import type { BlobStore, EventBodies } from '@cairn/journal'
import type { ImageFile } from './image-file.ts'
import type { Recorder } from './recorder.ts'

/** Writes what a person said, the bytes of images as blobs. */
export function recordMessage(
  said: EventBodies['user.message'],
  images: readonly ImageFile[],
  to: { recorder: Pick<Recorder, 'record'>; blobs: Pick<BlobStore, 'putBlob'> },
): void {
  const attachments = images.map(({ name, mime, bytes }) => ({ ...to.blobs.putBlob(bytes), mime, name }))
  to.recorder.record('user.message', attachments.length === 0 ? said : { ...said, attachments })
}
