/** A blob as a source holds it: its digest is computed only when asked, because it reads every byte. */
export interface HeldBlob {
  sha256: string
  bytes: number
  erased: boolean
  /** sha256 in hex and length of the bytes; null where they cannot be read. */
  digest(): { sha256: string; bytes: number } | null
}
