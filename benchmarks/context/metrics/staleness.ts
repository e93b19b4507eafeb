import { LINE_TAG } from '../trace/work-tree.ts'
import type { Trace } from '../trace/trace.ts'
import { fold, linesWith, type RequestView } from './request-view.ts'

export interface Staleness {
  /** Lines of files shown, and how many of them are neither on disk nor labelled nor corrected further on. */
  shown: number
  stale: number
  /** Lines a model would copy from for an edit, and how many of them are on disk. */
  editable: number
  applicable: number
  /** Failures that are gone but stand there as if they were open. */
  staleFacts: number
}

const LABEL =
  /historical|superseded|stale|outdated|older version|no longer|changed since|not current|previous version|before the edit|out of date/i
const CHANGE = /chang|edit|wrote|writ|delet|modif|differ|updat|stale|supersed|now\b/i

/** Finds line tags in the request and compares them with the disk; a tag is `f<file>.<line>.v<version>`. */
export function measureStaleness(
  view: RequestView,
  disk: ReadonlyMap<string, string>,
  trace: Trace,
): Staleness {
  const current = new Set<string>()
  const pathOf = new Map<string, string>()
  for (const [path, text] of disk) {
    for (const match of text.matchAll(LINE_TAG)) {
      current.add(match[0])
      pathOf.set(match[1] ?? '', path)
    }
  }
  const shown: { line: string; tag: string; file: string; at: number; labelled: boolean }[] = []
  view.segments.forEach((segment, at) => {
    if (!segment.raw.includes('.v')) return
    let blockStart = 0
    let end = -1
    for (const match of segment.raw.matchAll(LINE_TAG)) {
      // A gap of more than a few lines starts a new excerpt with a heading of its own.
      if (end < 0 || match.index - end > 400) blockStart = match.index
      end = match.index
      const around = `${segment.raw.slice(0, 200)}\n${segment.raw.slice(Math.max(0, blockStart - 300), blockStart)}`
      shown.push({
        line: `${match[1]}.${match[2]}`,
        tag: match[0],
        file: match[1] ?? '',
        at,
        labelled: LABEL.test(around),
      })
    }
  })
  const lastOf = new Map<string, number>()
  shown.forEach((entry, i) => lastOf.set(entry.line, i))
  /** Positions at which the request says that a file changed. */
  const noted = new Map<string, number>()
  for (const file of new Set(shown.map((entry) => entry.file))) {
    const path = pathOf.get(file)
    if (path === undefined) continue
    view.segments.forEach((segment, at) => {
      if (segment.voice !== 'result' && segment.voice !== 'user') return
      if (
        segment.raw.includes(path) &&
        linesWith(segment, path).some(
          ({ line, heading }) => CHANGE.test(line.replaceAll(fold(path), '')) || CHANGE.test(heading),
        )
      )
        noted.set(file, at)
    })
  }
  const result: Staleness = { shown: shown.length, stale: 0, editable: 0, applicable: 0, staleFacts: 0 }
  shown.forEach((entry, i) => {
    const isLast = lastOf.get(entry.line) === i
    const told = (noted.get(entry.file) ?? -1) > entry.at
    const fresh = current.has(entry.tag)
    if (!fresh && !entry.labelled && isLast && !told) result.stale += 1
    if (isLast && !entry.labelled && !(told && !fresh)) {
      result.editable += 1
      if (fresh) result.applicable += 1
    }
  })
  result.staleFacts = staleFacts(view, trace)
  return result
}

const RESOLVED =
  /fixed|resolved|passed|passes|green|stale|was |earlier|historical|superseded|no longer|void|done/i

function staleFacts(view: RequestView, trace: Trace): number {
  let count = 0
  for (const failure of trace.resolved) {
    let shownAt = -1
    let open = false
    view.segments.forEach((segment, at) => {
      for (const { line, heading } of linesWith(segment, failure.message)) {
        shownAt = at
        open = !RESOLVED.test(line.replace(fold(failure.id), '')) && !RESOLVED.test(heading)
      }
    })
    if (shownAt < 0 || !open) continue
    // A later run of the same command in the transcript speaks for itself.
    const rerun = view.segments.some(
      (segment, at) => at > shownAt && segment.voice === 'call' && segment.raw.includes(failure.command),
    )
    if (!rerun) count += 1
  }
  return count
}
