import { parseFrames, workspacePath } from './frames.ts'
import { crashMessage, testId } from './node-spec.ts'
import { tidyMessage, type ParsedFailure, type ParsedOutput } from './parsed-output.ts'

const point = /^( *)(not )?ok(?: (\d+))?(?:(?: -)? (.*?))?\s*(?:# (SKIP|TODO)\b.*)?$/i

/** Reads the part of YAML that TAP producers write under a test point: scalars, blocks and one level of nesting. */
function readDiagnostics(lines: readonly string[], indent: number): Map<string, string[]> {
  const fields = new Map<string, string[]>()
  let field: string[] = []
  // Node writes the fields at the level of the marks, other producers two spaces further in.
  const extra = /^ */.exec((lines[0] ?? '').slice(indent))?.[0].length ?? 0
  for (const line of lines) {
    const own = line.slice(indent + extra)
    const found = /^([\w-]+):(?: (.*))?$/.exec(own)
    if (found !== null && !own.startsWith(' ')) {
      field = []
      fields.set(found[1] ?? '', field)
      const value = (found[2] ?? '').trim()
      if (value !== '' && !/^[|>][-+]?$/.test(value)) field.push(unquote(value))
    } else field.push(own)
  }
  return fields
}

function unquote(value: string): string {
  const quoted = /^'(.*)'$/s.exec(value) ?? /^"(.*)"$/s.exec(value)
  return quoted === null ? value : (quoted[1] ?? '').replaceAll("\\'", "'").replaceAll('\\"', '"')
}

/** Any TAP output: `node --test --test-reporter=tap`, Node 20 without a terminal, tape, node-tap. */
export function parseTap(text: string, roots: readonly string[]): ParsedOutput | null {
  if (!/^TAP version 1[34]$/m.test(text) && !/^1\.\.\d+$/m.test(text)) return null
  const lines = text.split('\n')
  const open: string[] = []
  const failures: ParsedFailure[] = []
  let [passed, failed] = [0, 0]
  let crash: string[] = []
  for (let index = 0; index < lines.length; index++) {
    const line = lines[index] ?? ''
    const subtest = /^( *)# Subtest: (.*)$/.exec(line)
    if (subtest !== null) {
      open.length = Math.min(open.length, (subtest[1] ?? '').length / 4)
      open[(subtest[1] ?? '').length / 4] = subtest[2] ?? ''
      continue
    }
    if (line.startsWith('# ')) crash.push(line.slice(2).replaceAll('\\#', '#'))
    const found = point.exec(line)
    if (found === null) continue
    const [indent, bad, , name = '(unnamed)', directive] = [
      found[1] ?? '',
      found[2],
      found[3],
      found[4],
      found[5],
    ]
    const fields = diagnosticsAt(lines, index + 1)
    const group = fields?.get('type')?.[0] === 'suite' || fields?.get('failureType')?.[0] === 'subtestsFailed'
    if (bad === undefined || directive !== undefined) passed += group || bad !== undefined ? 0 : 1
    else if (!group) {
      failed++
      const path = [...open.slice(0, indent.length / 4), name]
      failures.push(toFailure(path, fields ?? new Map(), crash, roots))
    }
    crash = []
  }
  const says = (name: string): number | null => sum(text.matchAll(new RegExp(`^# ${name} +(\\d+)$`, 'gm')))
  return { runner: 'node', passed: says('pass') ?? passed, failed: says('fail') ?? failed, failures }
}

function sum(matches: Iterable<RegExpMatchArray>): number | null {
  const numbers = [...matches].map((match) => Number(match[1]))
  return numbers.length === 0 ? null : numbers.reduce((a, b) => a + b, 0)
}

function diagnosticsAt(lines: readonly string[], start: number): Map<string, string[]> | null {
  const opening = /^( *)---$/.exec(lines[start] ?? '')
  if (opening === null) return null
  const indent = (opening[1] ?? '').length
  const end = lines.findIndex(
    (line, index) => index > start && /^ *\.\.\.$/.test(line) && line.length - 3 === indent,
  )
  return readDiagnostics(lines.slice(start + 1, end === -1 ? start + 60 : end), indent)
}

function toFailure(
  path: string[],
  fields: ReadonlyMap<string, string[]>,
  crash: readonly string[],
  roots: readonly string[],
): ParsedFailure {
  const location = /^(.+):(\d+):\d+$/.exec(fields.get('location')?.[0] ?? fields.get('at')?.[0] ?? '')
  const declared = location === null ? null : workspacePath(location[1] ?? '', roots)
  const frames = parseFrames(fields.get('stack') ?? [], roots)
  const crashed = frames.length === 0 && crash.length > 0 ? parseFrames(crash, roots) : []
  const stated = tidyMessage(fields.get('error') ?? fields.get('message') ?? [])
  const name = fields.get('name')?.[0]
  const own = name === undefined || stated.startsWith(name) ? stated : `${name}: ${stated}`
  const values = ['actual', 'expected'].flatMap((key) => {
    const value = fields.get(key)
    return value === undefined || value.length === 0 ? [] : [`${key}: ${tidyMessage(value)}`]
  })
  return {
    id: testId(declared ?? frames[0]?.file ?? null, path, roots),
    message: crashed.length > 0 ? crashMessage(crash) : tidyMessage([own, ...values].join('\n').split('\n')),
    frames: crashed.length > 0 ? crashed : frames,
    test: declared === null ? null : { file: declared, line: Number(location?.[2]) },
  }
}
