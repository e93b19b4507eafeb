/** Events, blobs and patch of one segment together, in bytes. */
export const SEGMENT_LIMIT = 64 * 2 ** 20
/** All that is kept for one job, in bytes. */
const SESSION_LIMIT = 256 * 2 ** 20

interface SegmentBlob {
  /** In hex. */
  sha256: string
  bytes: Uint8Array
}

/** Who signed the journal up to a segment's end: the machine that ran the steps. */
interface SegmentSigner {
  vkey: string
  /** Signed checkpoint of the journal at the segment's last event; null where it was not signed. */
  note: string | null
}

/** Files of a worktree, against the commit that it was made from. */
export interface SegmentTree {
  /** Commit. */
  base: string
  /** Git's tree of the files as they were. */
  tree: string
  /** Binary patch from `base` to `tree`; empty where nothing differs. */
  patch: Uint8Array
}

/** What a session gained since the segment before it. */
export interface SessionSegment {
  session: string
  /** Numbers of its first and its last event: `first` is 1, or follows the last one that was saved. */
  first: number
  last: number
  /** Lines of an export, each with its line end. */
  events: Uint8Array
  /** Root over all events up to `last`, in hex. */
  root: string
  signer: SegmentSigner
  /** Blobs that the events refer to and that no earlier segment brought. */
  blobs: readonly SegmentBlob[]
  /** Null where the files are as they were at the segment before. */
  tree: SegmentTree | null
}

/** A session as its job's segments tell it. */
export interface SavedSession extends Omit<SessionSegment, 'first' | 'events' | 'blobs'> {
  /** Who saved the last segment. */
  worker: string
  /** Events of each segment, in order. */
  events: Uint8Array[]
  blobs: SegmentBlob[]
}

/** What is known of the session that a segment is added to. */
export interface SessionHead {
  session: string
  last: number
  root: string
  /** Of events and blobs. */
  bytes: number
  /** Bytes of the newest patch. */
  patch: number
}

type Step =
  | { kind: 'begin' | 'append'; bytes: number }
  | { kind: 'known' }
  | { kind: 'too-large' }
  | { kind: 'gap' }

/** What is to be done with a segment behind what is there: a first one begins anew, and one that is there is known. */
export function placeSegment(head: SessionHead | null, segment: SessionSegment): Step {
  const { session, first, last, root } = segment
  const own = head?.session === session ? head : null
  if (own !== null && own.last === last && own.root === root) return { kind: 'known' }
  if (first !== (own?.last ?? 0) + 1 || last < first) return { kind: 'gap' }
  const growth = segment.blobs.reduce((sum, blob) => sum + blob.bytes.length, segment.events.length)
  const patch = segment.tree?.patch.length ?? own?.patch ?? 0
  const bytes = (own?.bytes ?? 0) + growth
  if (growth + (segment.tree?.patch.length ?? 0) > SEGMENT_LIMIT || bytes + patch > SESSION_LIMIT)
    return { kind: 'too-large' }
  return { kind: own === null ? 'begin' : 'append', bytes }
}
