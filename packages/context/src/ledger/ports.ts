/** What the ledger may look up while it reads an event. A missing blob costs recall of detail, never correctness. */
export interface LedgerPorts {
  /** Bytes of a blob, or null where absent or erased. */
  blob(sha256: string): Uint8Array | null
}
