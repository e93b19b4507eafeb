import { type Fault, fault, success } from '../fault.ts'
import type { Outcome } from '../workspace.ts'
import type { Hunk, PatchOp } from './patch-op.ts'
import { unwrapPatch } from './unwrap-patch.ts'

const BEGIN = '*** Begin Patch'
const END = '*** End Patch'
const END_OF_FILE = '*** End of File'
const FILE_LINE = /^\*\*\* (Add File|Delete File|Update File|Move to): ?(.*)$/
const UNIFIED = /^@@ -(\d+)(?:,\d+)? \+\d+(?:,\d+)? @@ ?(.*)$/

/**
 * Reads a patch in the V4A grammar (`*** Begin Patch` … `*** End Patch`) strictly: a truncated patch, an unknown line or
 * an empty operation is a `bad-patch` that names the line. Knows no files.
 */
export function parsePatch(text: string): Outcome<PatchOp[]> {
  const lines = unwrapPatch(text)
  if (lines[0]?.trimEnd() !== BEGIN) {
    return bad(1, `the patch must start with "${BEGIN}"`)
  }
  let end = lines.length
  while (end > 0 && lines[end - 1]?.trim() === '') end--
  if (lines[end - 1]?.trimEnd() !== END) {
    return bad(
      end,
      `the patch must end with "${END}"; it may have been cut off, so nothing was taken from it`,
    )
  }
  const ops: PatchOp[] = []
  let index = 1
  while (index < end - 1) {
    if (lines[index]?.trim() === '') {
      index++
      continue
    }
    const parsed = parseOp(lines, index, end - 1)
    if (!parsed.ok) return parsed
    ops.push(parsed.value.op)
    index = parsed.value.next
  }
  return ops.length === 0 ? bad(1, 'the patch has no file operation in it') : success(ops)
}

type Step = Outcome<{ op: PatchOp; next: number }>

function parseOp(lines: string[], start: number, end: number): Step {
  const header = FILE_LINE.exec(lines[start] ?? '')
  const path = header?.[2]?.trim() ?? ''
  if (header === null || header[1] === 'Move to') {
    return bad(
      start + 1,
      'expected "*** Add File: ", "*** Delete File: " or "*** Update File: "',
      lines[start],
    )
  }
  if (path === '') return bad(start + 1, 'the path is missing', lines[start])
  const at = start + 1
  if (header[1] === 'Delete File') return success({ op: { type: 'delete', path, at }, next: start + 1 })
  return header[1] === 'Add File' ? parseAdd(lines, start, end, path) : parseUpdate(lines, start, end, path)
}

function parseAdd(lines: string[], start: number, end: number, path: string): Step {
  const content: string[] = []
  let index = start + 1
  for (; index < end; index++) {
    const line = lines[index] ?? ''
    if (line.startsWith('*** ')) break
    if (line.startsWith('+')) content.push(line.slice(1))
    else if (line.trim() !== '' || !onlyBlankUntilOp(lines, index, end)) {
      return bad(index + 1, `every line of the new file ${path} starts with "+", empty lines, too`, line)
    }
  }
  return success({ op: { type: 'add', path, lines: content, at: start + 1 }, next: index })
}

function onlyBlankUntilOp(lines: string[], from: number, end: number): boolean {
  let index = from
  while (index < end && lines[index]?.trim() === '') index++
  return index >= end || (lines[index] ?? '').startsWith('*** ')
}

function parseUpdate(lines: string[], start: number, end: number, path: string): Step {
  const hunks: Hunk[] = []
  let moveTo: string | null = null
  let hunk: Hunk | null = null
  let index = start + 1
  for (; index < end; index++) {
    const line = lines[index] ?? ''
    const file = FILE_LINE.exec(line)
    if (file?.[1] === 'Move to') {
      if (index !== start + 1)
        return bad(index + 1, '"*** Move to: " belongs right after "*** Update File: "', line)
      moveTo = file[2]?.trim() ?? ''
      if (moveTo === '') return bad(index + 1, 'the path is missing', line)
      continue
    }
    if (file !== null) break
    if (line.trimEnd() === END_OF_FILE) {
      if (hunk === null) return bad(index + 1, `"${END_OF_FILE}" closes a change, but there is none`, line)
      hunk.atEnd = true
      hunk = null
      continue
    }
    if (line.startsWith('@@')) {
      if (hunk === null || hunk.lines.length > 0) hunks.push((hunk = newHunk(index + 1)))
      addHeader(hunk, line)
      continue
    }
    if (line === '' && hunk === null && onlyBlankUntilOp(lines, index, end)) continue
    const kind = line === '' ? ' ' : line[0]
    if (kind !== ' ' && kind !== '+' && kind !== '-') {
      return bad(index + 1, `a line of a change of ${path} starts with " " (context), "-", "+" or "@@"`, line)
    }
    if (hunk === null) hunks.push((hunk = newHunk(index + 1)))
    hunk.lines.push({ kind, text: line.slice(1), bare: line === '' })
  }
  if (hunks.length === 0 && moveTo === null) return bad(start + 1, `the update of ${path} has no changes`)
  const empty = hunks.find((each) => each.lines.every((line) => line.kind === ' '))
  if (empty !== undefined) return bad(empty.at, `this change of ${path} has no "+" or "-" line`)
  return success({ op: { type: 'update', path, moveTo, hunks, at: start + 1 }, next: index })
}

function newHunk(at: number): Hunk {
  return { headers: [], hintLine: null, lines: [], atEnd: false, at }
}

function addHeader(hunk: Hunk, line: string): void {
  const unified = UNIFIED.exec(line)
  if (unified !== null) {
    // A section heading of a unified diff may be cut off, so only the line number is of use.
    hunk.hintLine = Number(unified[1])
    return
  }
  const text = line.replace(/^@@ ?/, '').replace(/\s+@@\s*$/, '')
  if (text.trim() !== '') hunk.headers.push(text)
}

function bad(at: number, what: string, line?: string): Fault {
  const shown =
    line === undefined ? '' : `: ${JSON.stringify(line.length > 120 ? `${line.slice(0, 120)}…` : line)}`
  return fault(
    'bad-patch',
    `Bad patch, line ${at}: ${what}${shown}. Nothing was written. Send the whole patch again.`,
  )
}
