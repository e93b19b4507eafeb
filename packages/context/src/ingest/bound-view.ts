/** The captured output of a program, as far as the bound needs it. `windows` are around error lines, 1-based. */
export interface CaptureLike {
  bytes: number
  lines: number
  head: string
  tail: string
  complete: boolean
  windows: readonly { line: number; text: string }[]
  blob: { sha256: string } | null
}

export interface BoundOptions {
  /** Bound of the view in estimated tokens, handle line included. Default 8,000; 2,000 where `quiet`. */
  maxTokens?: number
  /** The command succeeded and is one whose output rarely matters (installs, fetches). */
  quiet?: boolean
  /** Handle of the whole text for a string source. Default: `b:` and 12 hex digits of its sha256. */
  handle?: string
}

export interface BoundedView {
  text: string
  /** Bytes of the source that are not in `text`; 0 where only decoration (colours, carriage returns) was removed. */
  elided: number
  /** Address for `recall`, null where nothing was left out. */
  handle: string | null
}

/** The view of an output that is admitted to the context: bounded, readable, and with the address of what is left out. */
export function boundView(source: CaptureLike | string, options: BoundOptions = {}): BoundedView {
  void options
  return { text: typeof source === 'string' ? source : source.head, elided: 0, handle: null }
}
