import { cleanLine } from './clean-line.ts'
import { isErrorLine } from './error-line.ts'

/** A stretch of the source that is at hand. `byte` is the offset of its start, null where unknown. */
export interface Region {
  text: string
  line: number
  byte: number | null
}

/** One line of the view: a source line, or a run of lines that say the same. */
export interface Unit {
  region: Region
  /** UTF-16 offsets in the region's text. */
  start: number
  end: number
  /** 1-based source lines, inclusive. */
  line: number
  lastLine: number
  text: string
  /** Offsets of the middle that was cut from a very long line. */
  cut: { start: number; end: number; at: number } | null
  error: boolean
  /** Characters of the source that the view does not repeat, cut middle excepted. */
  collapsed: number
}

const PROGRESS = /\d(?:\.\d+)? ?%|[█▓▒░━]{3}|[#=\-.>]{12}|^[⠁-⣿|/\\-] /
const RUN = 3

/** Splits regions into lines, cleans them and collapses runs. Lazy: holds one run at a time. */
export function* lineUnits(regions: readonly Region[], lineLimit: number): Generator<Unit> {
  for (const region of regions) {
    let run: Unit[] = []
    let key = ''
    for (const unit of rawUnits(region, lineLimit)) {
      const next = runKey(unit)
      if (run.length > 0 && next === key) {
        if (run.length < RUN) run.push(unit)
        else extend(run, unit)
        continue
      }
      yield* closeRun(run, key)
      run = [unit]
      key = next
    }
    yield* closeRun(run, key)
  }
}

/** Lines with the same key say the same: equal text, or progress that differs in its numbers only. */
function runKey(unit: Unit): string {
  if (unit.cut || unit.text.length > 400 || !PROGRESS.test(unit.text) || unit.error) return unit.text
  return `\0${unit.text.replace(/[\d.]+/g, '0').replace(/[█▓▒░━#=\->.⠁-⣿ ]+/g, ' ')}`
}

function extend(run: Unit[], unit: Unit): void {
  const last = run[run.length - 1]
  if (!last) return
  last.lastLine = unit.lastLine
  last.end = unit.end
  last.collapsed += unit.end - unit.start
  last.text = unit.text
}

function* closeRun(run: Unit[], key: string): Generator<Unit> {
  const [first, last] = [run[0], run.at(-1)]
  if (!first || !last) return
  if (run.length < RUN) {
    yield* run
    return
  }
  const count = last.lastLine - first.line + 1
  const kept =
    last.text.trim() === ''
      ? ''
      : key.startsWith('\0')
        ? `${last.text} (×${count}, last shown)`
        : `${last.text} (×${count})`
  const size = last.end - first.start
  yield {
    ...first,
    end: last.end,
    lastLine: last.lastLine,
    text: kept,
    collapsed: Math.max(0, size - last.text.length),
  }
}

function* rawUnits(region: Region, lineLimit: number): Generator<Unit> {
  const { text } = region
  let line = region.line
  let start = 0
  while (start < text.length) {
    const found = text.indexOf('\n', start)
    const end = found < 0 ? text.length : found
    yield makeUnit(region, start, end, line, lineLimit)
    line++
    start = end + 1
  }
}

function makeUnit(region: Region, start: number, end: number, line: number, lineLimit: number): Unit {
  const base = { region, start, end, line, lastLine: line }
  if (end - start <= lineLimit) {
    const { text, overwritten } = cleanLine(region.text.slice(start, end))
    return { ...base, text, cut: null, error: isErrorLine(text), collapsed: overwritten }
  }
  const painted = region.text.lastIndexOf('\r', end - 2)
  if (painted >= start && end - painted <= lineLimit) {
    const { text } = cleanLine(region.text.slice(painted + 1, end))
    return { ...base, text, cut: null, error: isErrorLine(text), collapsed: painted - start }
  }
  const from = whole(region.text, start + Math.floor(lineLimit * 0.4))
  const to = whole(region.text, end - Math.floor(lineLimit * 0.55))
  const head = cleanLine(region.text.slice(start, from).replaceAll('\r', ' ')).text
  const tail = cleanLine(region.text.slice(to, end).replaceAll('\r', ' ')).text
  return {
    ...base,
    text: head + tail,
    cut: { start: from, end: to, at: head.length },
    error: isErrorLine(head),
    collapsed: 0,
  }
}

/** An offset that does not split a surrogate pair. */
function whole(text: string, offset: number): number {
  const code = text.charCodeAt(offset)
  return code >= 0xdc00 && code <= 0xdfff ? offset + 1 : offset
}
