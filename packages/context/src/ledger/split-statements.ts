import { blockKinds } from './block-kinds.ts'
import type { BlockKind } from './block-kinds.ts'

/** A clause-sized piece of a text that can be judged on its own. Offsets are UTF-16 units of the whole text. */
export interface Statement {
  text: string
  start: number
  end: number
  block: BlockKind
  /** Whether it stands in a list item. */
  item: boolean
  /** The heading or list lead-in above it, for instruction files. */
  heading: string
}

/** Longer pieces are cut at a word, so that one unpunctuated paste cannot become one statement. */
const MAX = 1200
const MARKER = /^\s*(?:[-*+•]|\d{1,3}[.)]|\[[ xX]\]|#{1,6})\s+(?:\[[ xX]\]\s+)?/
const LABEL = /^\s*(?:[-*+•#>]\s*)*[A-Z][A-Z0-9]*(?:-[A-Z0-9]+)+\s*:/
/** A sentence end is followed by space and something that can start a sentence; common abbreviations do not end one. */
const SENTENCE_END =
  /[.!?]+["'”’)\]]*(?=\s+["'“‘(`*[]?[A-Z0-9`/]|\s*$|\s+(?:also|and|but|please|never|always|do not|don't)\b)/g
const ABBREVIATION =
  /(?:\b(?:e\.g|i\.e|E\.g|I\.e|vs|cf|resp|approx|Fig|fig|Eq|Dr|Mr|Mrs|Ms|St)|(?<!\d ?)\b[A-Z])\.$/
const CLAUSE =
  /;\s+(?=(?:[^\s.;]+\s+){3}[^\s.;])|,\s+(?:and|but|so|then)\s+(?=(?:please\s+)?(?:never|do not|don't|always|must|keep|use|make sure|ensure|avoid|leave)\b)|\s+(?:and|but)\s+(?=(?:please\s+)?(?:never|do not|don't)\b)/gi
const ANAPHORA = /^(?:it|this|that|they|these|those|its|their)\b/i

/**
 * Splits prose into statements, by default also into the clauses of a sentence that demand something each; quoted, logged and fenced blocks come line by line, marked as such.
 */
export function splitStatements(text: string, clauses = true): Statement[] {
  const out: Statement[] = []
  let paragraph: { start: number; end: number } | null = null
  let heading = ''
  const flush = () => {
    if (paragraph) splitParagraph(text, paragraph.start, paragraph.end, heading, out, clauses)
    paragraph = null
  }
  for (const line of blockKinds(text)) {
    const raw = text.slice(line.start, line.end)
    if (line.kind === 'blank') {
      flush()
    } else if (line.kind !== 'prose') {
      flush()
      push(text, line.start, Math.min(line.end, line.start + MAX), line.kind, heading, out, false)
    } else if (/^\s*#{1,6}\s/.test(raw)) {
      flush()
      heading = raw.replace(MARKER, '').trim()
      if (LABEL.test(heading) || STRONG.test(heading))
        splitParagraph(text, line.start, line.end, heading, out, clauses)
    } else {
      if (paragraph && startsAnew(raw, text.slice(paragraph.start, paragraph.end))) flush()
      paragraph = paragraph ? { start: paragraph.start, end: line.end } : { start: line.start, end: line.end }
    }
  }
  flush()
  return out
}

const STRONG = /\b(?:must|never|do not|don't|always)\b/i

/** Whether a line begins a new statement rather than going on with a hard-wrapped one. */
function startsAnew(line: string, before: string): boolean {
  if (MARKER.test(line) || LABEL.test(line)) return true
  return (
    /^\s*[A-Z`"“]/.test(line) &&
    (/[.!?:;,]["'”)]*\s*$/.test(before) || before.length < 60 || LABEL.test(before))
  )
}

function splitParagraph(
  text: string,
  start: number,
  end: number,
  heading: string,
  out: Statement[],
  clauses: boolean,
): void {
  const body = text.slice(start, end)
  const item = MARKER.test(body)
  const ends: number[] = []
  for (const match of body.matchAll(SENTENCE_END)) {
    const at = match.index + match[0].length
    if (!ABBREVIATION.test(body.slice(Math.max(0, at - 8), at))) ends.push(at)
  }
  if (clauses)
    for (const match of body.matchAll(CLAUSE))
      if (!insideQuotes(body, match.index)) ends.push(match.index + match[0].length)
  ends.sort((a, b) => a - b)
  let from = 0
  const first = out.length
  for (const at of [...ends, body.length]) {
    if (at <= from) continue
    const piece = body.slice(from, at).replace(MARKER, '').trimStart()
    const previous = out[out.length - 1]
    // "It must stay so." is nothing without the sentence before.
    const joined = out.length > first && previous && ANAPHORA.test(piece) && at - from < 300
    if (joined && previous.end - previous.start < 300) {
      push(text, previous.start, start + at, 'prose', heading, out, item)
    } else push(text, start + from, start + at, 'prose', heading, out, item)
    from = at
  }
}

function insideQuotes(body: string, at: number): boolean {
  const before = body.slice(Math.max(0, at - 400), at)
  return (before.match(/["`“”]/g)?.length ?? 0) % 2 === 1
}

function push(
  text: string,
  start: number,
  end: number,
  block: BlockKind,
  heading: string,
  out: Statement[],
  item: boolean,
): void {
  let from = start
  while (end - from > MAX) {
    const space = text.lastIndexOf(' ', from + MAX)
    const to = space > from ? space : from + MAX
    add(from, to)
    from = to
  }
  add(from, end)
  function add(a: number, b: number): void {
    const raw = text.slice(a, b)
    const lead = block === 'prose' ? (MARKER.exec(raw)?.[0].length ?? 0) : 0
    const trimmed = raw.slice(lead).trimStart()
    const at = a + raw.length - trimmed.length
    const clean = trimmed.replace(/[\s,;]+$/, '').replace(/,?\s+(?:and|but|so|then)$/i, '')
    if (clean !== '') out.push({ text: clean, start: at, end: at + clean.length, block, heading, item })
  }
}
