import { createHash } from 'node:crypto'
import { estimateTokens } from './estimate-tokens.ts'
import { blobHandle, cutMark, gapLine, grouped } from './handle.ts'
import { jsonSkeleton } from './json-skeleton.ts'
import { lineUnits } from './line-units.ts'
import type { Region, Unit } from './line-units.ts'
import { selectUnits } from './select-units.ts'

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
  /** Bound of the view in estimated tokens, handle lines included. Default 8,000; 2,000 where `quiet`. At least 200. */
  maxTokens?: number
  /** The command succeeded and is one whose output rarely matters (installs, fetches). */
  quiet?: boolean
  /** Handle of the whole text. Default: `b:` and 12 hex digits of the sha256 of the blob, or of a string source. */
  handle?: string
}

export interface BoundedView {
  text: string
  /** Bytes of the source that are not in `text`; 0 where only decoration (colours, carriage returns) was removed. */
  elided: number
  /** Address for `recall`, null where nothing was left out or the rest was not kept. */
  handle: string | null
}

/** Repeats below this many bytes are told by their count alone. */
const SMALL = 400

/**
 * The view of an output that is admitted to the context: bounded, readable, and with the address of what is left out.
 * For a string source without `handle` the caller keeps the text as a blob wherever `handle` is not null.
 * Linear in the source; a 50 MB line costs a few passes over it and no more memory than the view.
 */
export function boundView(source: CaptureLike | string, options: BoundOptions = {}): BoundedView {
  const max = Math.max(200, options.maxTokens ?? (options.quiet ? 2000 : 8000))
  const capture = typeof source === 'string' ? null : source
  const whole = typeof source === 'string' ? source : source.complete ? source.head : null
  const lines = whole === null ? (capture?.lines ?? 0) : countLines(whole)
  const budget = max - 60
  const lineLimit =
    lines <= 4 ? fewLinesLimit(whole ?? '', lines, budget) : Math.max(300, Math.min(2000, budget))
  const regions =
    whole === null && capture ? captureRegions(capture) : [{ text: whole ?? '', line: 1, byte: 0 }]
  const units = selectUnits(lineUnits(regions, lineLimit), budget)
  const loss = lossOf(units, regions, lines)
  if (!loss.cut && loss.collapsed <= SMALL)
    return { text: joinUnits(units, null, lines), elided: 0, handle: null }

  const handle = options.handle ?? handleOf(capture, whole)
  const total = capture ? capture.bytes : Buffer.byteLength(whole ?? '')
  if (loss.cut && whole !== null && lines <= 4) {
    const skeleton = jsonSkeleton(whole, (max - 80) * 2)
    const foot = `[JSON shortened: ${grouped(total)} bytes; recall ref="${handle}#bytes=0-${total}"]`
    if (skeleton !== null && estimateTokens(`${skeleton}\n${foot}`) <= max)
      return {
        text: `${skeleton}\n${foot}`,
        elided: Math.max(0, total - Buffer.byteLength(skeleton)),
        handle,
      }
  }
  const body = joinUnits(units, handle, lines)
  const foot = footOf(handle, loss, total, whole === null, lines)
  const text = foot === '' ? body : `${body}\n${foot}`
  const elided = whole === null ? Math.max(0, total - Buffer.byteLength(body)) : loss.bytes
  return { text, elided, handle }
}

/** Characters that each of at most four lines may keep, so that one huge line still fills the view. */
function fewLinesLimit(text: string, lines: number, budget: number): number {
  const sample = text.slice(0, 4000)
  const perToken = estimateTokens(sample) > sample.length / 3 ? 0.8 : 3
  return Math.max(100, Math.floor(((budget - 40 * lines) * perToken) / Math.max(1, lines)))
}

function footOf(handle: string | null, loss: Loss, total: number, partial: boolean, lines: number): string {
  const where = handle === null ? 'not kept' : `recall ref="${handle}"`
  if (partial) return `[whole output: ${grouped(lines)} lines / ${grouped(total)} bytes; ${where}]`
  return loss.collapsed > SMALL
    ? `[repeats and progress collapsed: ${grouped(loss.collapsed)} bytes; ${where}]`
    : ''
}

function handleOf(capture: CaptureLike | null, whole: string | null): string | null {
  if (capture?.blob) return blobHandle(capture.blob.sha256)
  return whole === null ? null : blobHandle(createHash('sha256').update(whole).digest('hex'))
}

function countLines(text: string): number {
  let count = 0
  for (let at = text.indexOf('\n'); at >= 0; at = text.indexOf('\n', at + 1)) count++
  return text === '' || text.endsWith('\n') ? count : count + 1
}

function captureRegions(capture: CaptureLike): Region[] {
  const tailLine = Math.max(1, capture.lines - countLines(capture.tail) + 1)
  const headEnd = countLines(capture.head)
  const windows = capture.windows.filter((window) => window.line > headEnd && window.line < tailLine)
  return [
    { text: capture.head, line: 1, byte: 0 },
    ...windows.map((window) => ({ text: window.text, line: window.line, byte: null })),
    {
      text: capture.tail,
      line: tailLine,
      byte: Math.max(0, capture.bytes - Buffer.byteLength(capture.tail)),
    },
  ]
}

interface Loss {
  /** Lines or middles of lines are missing. */
  cut: boolean
  collapsed: number
  bytes: number
}

function lossOf(units: readonly Unit[], regions: readonly Region[], lines: number): Loss {
  const loss: Loss = { cut: false, collapsed: 0, bytes: 0 }
  const byte = byteCursor()
  let line = 0
  let last: Unit | null = null
  for (const unit of units) {
    if (unit.line > line + 1) {
      loss.cut = true
      const end = last && last.region === unit.region ? byte(last.region, last.end) : 0
      loss.bytes += byte(unit.region, unit.start) - end
    }
    if (unit.cut) loss.cut = true
    if (unit.cut) loss.bytes += byte(unit.region, unit.cut.end) - byte(unit.region, unit.cut.start)
    loss.collapsed += unit.collapsed
    line = unit.lastLine
    last = unit
  }
  const end = regions.at(-1)
  if (line < lines && end) {
    loss.cut = true
    loss.bytes += byte(end, end.text.length) - (last && last.region === end ? byte(end, last.end) : 0)
  }
  loss.bytes += loss.collapsed
  return loss
}

/** UTF-8 offset of a UTF-16 offset. Remembers the last answer of a region, so that asking in order is linear. */
function byteCursor(): (region: Region, offset: number) => number {
  const marks = new Map<Region, { at: number; byte: number }>()
  return (region, offset) => {
    const mark = marks.get(region)
    const from = mark && mark.at <= offset ? mark : { at: 0, byte: 0 }
    const byte = from.byte + Buffer.byteLength(region.text.slice(from.at, offset))
    if (!mark || mark.at <= offset) marks.set(region, { at: offset, byte })
    return (region.byte ?? 0) + byte
  }
}

function joinUnits(units: readonly Unit[], handle: string | null, lines: number): string {
  const out: string[] = []
  const byte = byteCursor()
  let line = 0
  let last: Unit | null = null
  const gap = (to: number, bytes: number | null) => {
    if (to > line) out.push(gapLine(handle, line + 1, to, bytes))
  }
  for (const unit of units) {
    if (unit.line > line + 1) {
      const known = last ? last.region === unit.region : unit.region.byte !== null
      const end = known && last ? byte(last.region, last.end) + 1 : 0
      gap(unit.line - 1, known ? byte(unit.region, unit.start) - end : null)
    }
    out.push(unit.cut ? cutText(unit, unit.cut, handle, byte) : unit.text)
    line = Math.max(line, unit.lastLine)
    last = unit
  }
  gap(lines, null)
  return out.join('\n').toWellFormed()
}

function cutText(
  unit: Unit,
  cut: NonNullable<Unit['cut']>,
  handle: string | null,
  byte: (region: Region, offset: number) => number,
): string {
  const mark =
    unit.region.byte === null
      ? ` ${gapLine(handle, unit.line, unit.line, null)} `
      : cutMark(handle, unit.line, byte(unit.region, cut.start), byte(unit.region, cut.end))
  return unit.text.slice(0, cut.at) + mark + unit.text.slice(cut.at)
}
