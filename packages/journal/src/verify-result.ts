/** What verification can find. Every one of them makes the log not ok. */
export type ProblemCode =
  /** The file is neither a journal nor an export. */
  | 'not-a-journal'
  /** The bytes of an event are not those that were hashed, or its stored hash is not that of its bytes. */
  | 'altered'
  /** The event cannot be read at all. */
  | 'unreadable'
  /** Events are not there although later ones are. */
  | 'missing'
  /** The log ends before what a checkpoint, the head or the header says. */
  | 'truncated'
  /** An event stands at another place than its number says, or twice. */
  | 'out-of-order'
  /** An event is stored under another number than the one it was hashed with. */
  | 'renumbered'
  /** Every event fits its hash, but the hashes are not those that were signed: somebody recomputed them. */
  | 'root-mismatch'
  /** A checkpoint is not signed by the given key, or is about another log. */
  | 'bad-checkpoint'
  /** The saved state of the writer contradicts the events. */
  | 'bad-head'
  /** Tables or triggers are not as they were made: the protection against changes may have been taken off. */
  | 'bad-schema'
  /** The bytes of a blob are not what its address says. */
  | 'blob-altered'
  /** An event refers to a blob that is not there and was never erased. */
  | 'blob-missing'
  /** A line of an export is not one that the exporter writes. */
  | 'bad-line'

/** One defect. `seq` is the event where it begins, null where it belongs to none. */
export interface Problem {
  seq: number | null
  code: ProblemCode
  message: string
}

/** The verdict on a log. */
export interface VerifyResult {
  ok: boolean
  /** Events found. */
  size: number
  /** RFC 6962 root over the stored leaf hashes, in hex; null where events are missing or out of order. */
  root: string | null
  /** Events covered by the largest checkpoint that holds: proven to be as they were when it was signed. */
  signed: number
  /** Events after it: consistent, but only a signature would prove that they are all and unchanged. */
  unsigned: number
  /** At most 1000 are listed. */
  problems: Problem[]
}

/** What to verify against. */
export interface VerifyOptions {
  /** The public key; null checks consistency only, and then nothing counts as signed. */
  vkey: string | null
  /** Checkpoints kept elsewhere (a commit, another machine): they also prove that no later one was cut off. */
  anchors?: readonly string[]
  /** Whether the bytes of blobs are read and hashed too. Default true. */
  blobs?: boolean
}
