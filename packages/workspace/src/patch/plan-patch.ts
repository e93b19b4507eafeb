import { type Change, type Content } from '../files/commit-changes.ts'
import { loadBytes } from '../files/load-text.ts'
import { looksBinary } from '../files/read-range.ts'
import { decodeText } from '../files/text-form.ts'
import { fault, success } from '../fault.ts'
import type { Located, Root } from '../paths/locate.ts'
import { type IsProtected, locateWritable } from '../paths/writable.ts'
import type { Outcome } from '../workspace.ts'
import { applyHunks } from './apply-hunks.ts'
import type { PatchOp } from './patch-op.ts'

export interface PatchPlan {
  changes: Change[]
  /** One line an operation: `M path (+1 -2)`. */
  summary: string[]
}

interface Entry {
  at: Located
  before: Content | null
  after: Content | null
}

/**
 * Works out what a patch does without writing anything. Operations see the result of those before them, so several
 * operations on one file are fine as long as each makes sense in turn.
 */
export function planPatch(
  root: Root,
  ops: readonly PatchOp[],
  isProtected?: IsProtected,
): Outcome<PatchPlan> {
  const entries = new Map<string, Entry>()
  const summary: string[] = []
  for (const op of ops) {
    const entry = open(op.path)
    if (!entry.ok) return entry
    const line = apply(op, entry.value)
    if (!line.ok) return line
    summary.push(line.value)
  }
  const changes = [...entries.values()].filter((entry) => !sameContent(entry.before, entry.after))
  const clash = folderClash([...entries.values()])
  return clash ?? success({ changes, summary })

  function open(path: string): Outcome<Entry> {
    const at = locateWritable(root, path, isProtected)
    if (!at.ok) return at
    const known = entries.get(at.value.rel)
    if (known !== undefined) return success(known)
    let before: Content | null = null
    if (at.value.kind === 'file') {
      const loaded = loadBytes(root, at.value)
      if (!loaded.ok) return loaded
      before = loaded.value
    }
    const entry: Entry = { at: at.value, before, after: before }
    entries.set(at.value.rel, entry)
    return success(entry)
  }

  function apply(op: PatchOp, entry: Entry): Outcome<string> {
    const { asked } = entry.at
    if (op.type === 'add') {
      if (entry.after !== null) {
        return fault(
          'exists',
          `${asked} exists already, so it cannot be added. Nothing was written. Use "*** Update File: ${asked}".`,
        )
      }
      const text = op.lines.map((line) => `${line}\n`).join('')
      entry.after = { bytes: Buffer.from(text), mode: entry.before?.mode ?? null }
      return success(`A ${asked} (+${op.lines.length})`)
    }
    if (entry.after === null) {
      return fault(
        'not-found',
        `${asked} does not exist, so it cannot be ${op.type}d. Nothing was written. Check the path with a listing.`,
      )
    }
    if (op.type === 'delete') {
      entry.after = null
      return success(`D ${asked}`)
    }
    return update(op, entry, entry.after)
  }

  function update(op: Extract<PatchOp, { type: 'update' }>, entry: Entry, content: Content): Outcome<string> {
    const { asked } = entry.at
    let counts = ''
    let bytes = content.bytes
    if (op.hunks.length > 0) {
      const text = looksBinary(bytes) ? null : decodeText(bytes)
      if (text === null) {
        return fault(
          'binary',
          `${asked} is not UTF-8 text, so a patch cannot update it. Nothing was written. Use a command.`,
        )
      }
      const patched = applyHunks(asked, text, op.hunks)
      if (!patched.ok) return patched
      const { added, removed, loosely } = patched.value
      bytes = Buffer.from(patched.value.text)
      counts = ` (+${added} -${removed})${loosely.length > 0 ? ` [matched loosely: ${loosely.join(', ')}]` : ''}`
    }
    entry.after = { bytes, mode: content.mode }
    if (op.moveTo === null) return success(`M ${asked}${counts}`)
    const target = open(op.moveTo)
    if (!target.ok) return target
    if (target.value === entry) return success(`M ${asked}${counts}`)
    if (target.value.after !== null) {
      return fault(
        'exists',
        `${target.value.at.asked} exists already, so ${asked} cannot be moved onto it. Nothing was written. Delete it first, or choose another name.`,
      )
    }
    target.value.after = entry.after
    entry.after = null
    return success(`R ${asked} -> ${target.value.at.asked}${counts}`)
  }
}

/** A file may not be needed as a folder by another file of the same patch. */
function folderClash(entries: readonly Entry[]) {
  for (const file of entries) {
    if (file.after === null) continue
    const inside = entries.find((other) => other.after !== null && other.at.rel.startsWith(`${file.at.rel}/`))
    if (inside !== undefined) {
      return fault(
        'bad-patch',
        `${file.at.asked} cannot be a file and the folder of ${inside.at.asked}. Nothing was written. Choose another path.`,
      )
    }
  }
  return null
}

function sameContent(a: Content | null, b: Content | null): boolean {
  if (a === null || b === null) return a === b
  return a === b || Buffer.compare(a.bytes, b.bytes) === 0
}
