import { isCode, isScript, isTest } from '@cairn/checks'
import type { Change } from './read-change.ts'
import type { Remark } from './review-finding.ts'
import type { ReviewRule } from './review-rules.ts'
import { codeByLine } from './tokens.ts'

const FOCUSED =
  /(?:^|[^\w$.])(?:(?:describe|it|test|suite|context)(?:\.\w+)*\.only(?:\.\w+)*[(`"]|(?:fit|fdescribe|ftest)\()/
const SKIPPED =
  /(?:^|[^\w$.])(?:(?:describe|it|test|suite|context)(?:\.\w+)*\.(?:skip|todo)(?:\.\w+)*[(`"]|(?:xit|xdescribe|xtest)\(|@(?:pytest\.mark\.)?(?:skip|skipif|xfail)\b|@unittest\.(?:skip\w*|expectedFailure)|pytest\.skip\(|t\.Skip(?:Now|f)?\(|@(?:Ignore|Disabled)\b)|#\[ignore\b/
const DEBUG = /^(?:import pdb;?)?(?:breakpoint\(\)|i?pdb\.set_trace\(\)|binding\.pry|byebug)/
const ASSERTION =
  /(?:^|[^\w$.])(?:expect|assert\w*|should)\b(?=[\s(.!"]|[\w$])|\.(?:should|assert\w*)\b|\bt\.(?:Error|Errorf|Fatal|Fatalf|Fail|FailNow)\(|\b(?:require|assert)\.\w+\(/

/** Marks in new lines that say that a change is not finished: conflicts, debuggers, focused and skipped tests, hidden text. */
export function findLineMarks({ files, head, base }: Change): Remark[] {
  const found: Remark[] = []
  for (const { after, added, addedCount } of files) {
    const text = after === null ? undefined : head.texts.get(after.path)
    if (after === null || text === undefined || addedCount === 0) continue
    const file = after.path
    const lines = text.split('\n')
    const add = (rule: ReviewRule, line: number, message: string, severity?: Remark['severity']) => {
      const snippet = (lines[line - 1] ?? '').replace(/[\u202a-\u202e\u2066-\u2069]/g, '�')
      found.push({
        rule,
        file,
        line,
        message,
        snippet,
        evidence: [snippet.trim().slice(0, 200)],
        ...(severity === undefined ? {} : { severity }),
      })
    }
    const isNew = (line: number) => added.has(line)
    const start = lines.findIndex((line, at) => isNew(at + 1) && /^<{7}(?: |\r?$)/.test(line))
    const end = lines.findIndex((line, at) => at > start && isNew(at + 1) && /^>{7}(?: |\r?$)/.test(line))
    if (start >= 0 && end >= 0)
      add('conflict', start + 1, `Markers of a conflict stand in lines ${start + 1} to ${end + 1}.`)
    const hidden = lines.findIndex((line, at) => isNew(at + 1) && /[\u202a-\u202e\u2066-\u2069]/.test(line))
    if (hidden >= 0)
      add(
        'bidi',
        hidden + 1,
        'The line holds control characters that change the order in which text is shown.',
      )
    const accepted = lines.findIndex((line, at) => isNew(at + 1) && /cairn-ignore\s+\S+\s+owner=/.test(line))
    if (accepted >= 0 && isCode(file))
      add('suppression', accepted + 1, 'The change itself accepts a finding.')
    if (!isCode(file)) continue
    // Code of a line that was there before, moved or indented anew, is nothing new.
    const old = countOld(base.texts, files, file)
    for (const [line, code] of codeByLine(file, text)) {
      if (!isNew(line)) continue
      const rule = markOf(file, code)
      if (rule === null) continue
      const left = old.get(code) ?? 0
      if (left > 0) old.set(code, left - 1)
      else add(rule, line, MESSAGES[rule])
    }
  }
  return [...found, ...findDeletedAssertions({ files, head, base })]
}

type Mark = 'debug' | 'focused' | 'skipped'
const MESSAGES: Record<Mark, string> = {
  debug: 'The program stops here when a debugger is attached, or waits for input.',
  focused: 'Only this test runs; the others of the file are silently left out.',
  skipped: 'The test does not run any more.',
}

function markOf(file: string, code: string): Mark | null {
  if (isScript(file) ? /(?:^|[;{})])debugger(?:;|\}|$)/.test(code) : DEBUG.test(code)) return 'debug'
  if (!isTest(file)) return null
  return FOCUSED.test(code) ? 'focused' : SKIPPED.test(code) ? 'skipped' : null
}

/** Marked lines that the change takes away somewhere, or that stood in this file before. */
function countOld(
  texts: ReadonlyMap<string, string>,
  files: Change['files'],
  file: string,
): Map<string, number> {
  const counts = new Map<string, number>()
  for (const { before, after } of files) {
    if (before === null || (after !== null && after.path !== file)) continue
    const text = texts.get(before.path)
    if (text === undefined || !isCode(before.path)) continue
    for (const code of codeByLine(before.path, text).values())
      if (markOf(before.path, code) !== null) counts.set(code, (counts.get(code) ?? 0) + 1)
  }
  return counts
}

/** Test files that check less than before, where the change as a whole checks less. */
function findDeletedAssertions({ files, head, base }: Pick<Change, 'files' | 'head' | 'base'>): Remark[] {
  const count = (path: string | undefined, texts: ReadonlyMap<string, string>): number => {
    const text = path === undefined || !isTest(path) || !isCode(path) ? undefined : texts.get(path)
    return text === undefined
      ? 0
      : [...codeByLine(path ?? '', text).values()].filter(
          (code) => ASSERTION.test(code) && !/^(?:import|from)\b|require\("\)/.test(code),
        ).length
  }
  const counted = files.map(({ before, after, firstLine }) => ({
    file: after?.path ?? before?.path ?? '',
    gone: after === null,
    line: firstLine,
    before: count(before?.path, base.texts),
    after: count(after?.path, head.texts),
  }))
  if (counted.reduce((sum, one) => sum + one.after - one.before, 0) >= 0) return []
  return counted
    .filter((one) => one.after < one.before)
    .map((one) => ({
      rule: 'assertions' as const,
      file: one.file,
      line: one.line,
      confidence: 'medium' as const,
      about: 'assertions',
      message: one.gone
        ? `The test file is deleted, with ${one.before} lines that check something.`
        : `${one.before} lines of the file checked something; ${one.after} do now.`,
    }))
}
