/** What a handle printed in the context points to. */
export type Address =
  | { kind: 'blob'; sha: string; bytes?: [number, number] }
  | { kind: 'event'; seq: number; bytes?: [number, number] }

const GROUPED = new Intl.NumberFormat('en-US')

/** 1234567 → `1,234,567`, whatever the locale. */
export function grouped(count: number): string {
  return GROUPED.format(count)
}

/** The handle of a blob: `b:` and the first 12 hex digits of its hash. */
export function blobHandle(sha256: string): string {
  return `b:${sha256.slice(0, 12)}`
}

/** The line that stands for left-out lines. Lines are 1-based and inclusive; `bytes` null where unknown. */
export function gapLine(handle: string | null, from: number, to: number, bytes: number | null): string {
  const count = to - from + 1
  const size = `${grouped(count)} ${count === 1 ? 'line' : 'lines'}${bytes === null ? '' : ` / ${grouped(bytes)} bytes`}`
  return handle === null
    ? `[… ${size} left out, not kept]`
    : `[… ${size} left out; recall ref="${handle}" lines=${from}-${to}]`
}

/** What stands for the middle of a very long line. Offsets are bytes of the whole text, end exclusive. */
export function cutMark(handle: string | null, line: number, from: number, to: number): string {
  const size = `${grouped(to - from)} bytes of line ${line}`
  return handle === null
    ? ` […${size} left out, not kept…] `
    : ` […${size} left out; recall ref="${handle}#bytes=${from}-${to}"…] `
}

/** Reads a handle as printed: `b:SHA12`, `e:SEQ`, either with `#bytes=A-B`. Null for anything else. */
export function parseHandle(text: string): Address | null {
  const match = /^(?:b:([0-9a-f]{6,64})|e:(\d{1,15}))(?:#bytes=(\d{1,15})-(\d{1,15}))?$/.exec(text.trim())
  if (!match) return null
  const [, sha, seq, from, to] = match
  const bytes: [number, number] | undefined =
    from !== undefined && to !== undefined ? [Number(from), Number(to)] : undefined
  if (sha !== undefined) return { kind: 'blob', sha, ...(bytes ? { bytes } : {}) }
  return { kind: 'event', seq: Number(seq), ...(bytes ? { bytes } : {}) }
}
