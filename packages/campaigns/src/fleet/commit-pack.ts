/** Largest pack that is kept, in bytes: what is larger has to reach other machines in another way. */
export const PACK_LIMIT = 64 * 2 ** 20

/** Objects that lead from one commit to another, for machines whose clone has only the first. */
export interface CommitPack {
  from: string
  to: string
  /** Git's thin pack. */
  pack: Uint8Array
}
