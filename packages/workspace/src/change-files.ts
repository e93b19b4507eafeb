import { createHash } from 'node:crypto'
import type { FileEffect } from '@cairn/journal'
import { planEdit } from './edit/plan-edit.ts'
import { fault, success } from './fault.ts'
import { type Change, commitChanges } from './files/commit-changes.ts'
import { loadText } from './files/load-text.ts'
import { parsePatch } from './patch/parse-patch.ts'
import { planPatch } from './patch/plan-patch.ts'
import type { Located, Root } from './paths/locate.ts'
import { type IsProtected, locateWritable } from './paths/writable.ts'
import type { Outcome } from './workspace.ts'

type Changed = Outcome<{ files: FileEffect[]; summary: string }>

/** Parses, verifies and writes a V4A patch: all of it or nothing. */
export function applyPatch(root: Root, patch: string, isProtected?: IsProtected): Changed {
  const ops = parsePatch(patch)
  if (!ops.ok) return ops
  const plan = planPatch(root, ops.value, isProtected)
  if (!plan.ok) return plan
  return write(root, plan.value.changes, plan.value.summary.join('\n'))
}

/** Replaces text in one file, or creates the file where `oldText` is empty and there is none. */
export function editFile(
  root: Root,
  path: string,
  oldText: string,
  newText: string,
  options: { all?: boolean; isProtected?: IsProtected | undefined },
): Changed {
  const at = locateWritable(root, path, options.isProtected)
  if (!at.ok) return at
  if (at.value.kind === 'absent') return oldText === '' ? create(root, at.value, newText) : missing(path)
  const loaded = loadText(root, at.value)
  if (!loaded.ok) return loaded
  const { bytes, mode, text } = loaded.value
  const before = { bytes, mode }
  if (oldText === '') {
    if (bytes.length > 0)
      return fault(
        'exists',
        `${path} exists and is not empty. Give the old text that the new one shall replace.`,
      )
    return write(
      root,
      [{ at: at.value, before, after: { bytes: Buffer.from(newText), mode } }],
      `M ${at.value.asked}`,
    )
  }
  const edited = planEdit(path, text, oldText, newText, options.all === true)
  if (!edited.ok) return edited
  const after = { bytes: Buffer.from(edited.value.text), mode }
  const times = edited.value.count === 1 ? '1 replacement' : `${edited.value.count} replacements`
  return write(root, [{ at: at.value, before, after }], `M ${at.value.asked} (${times})`)
}

function create(root: Root, at: Located, text: string): Changed {
  return write(root, [{ at, before: null, after: { bytes: Buffer.from(text), mode: null } }], `A ${at.asked}`)
}

function missing(path: string): Changed {
  return fault('not-found', `${path} does not exist. Check the path, or give an empty old text to create it.`)
}

function write(root: Root, changes: Change[], summary: string): Changed {
  const committed = commitChanges(root, changes)
  if (!committed.ok) return committed
  const files = changes.map(({ at, before, after }): FileEffect => ({
    path: at.rel,
    op: after === null ? 'deleted' : 'wrote',
    before: before === null ? null : sha256(before.bytes),
    after: after === null ? null : sha256(after.bytes),
  }))
  return success({ files, summary: changes.length === 0 ? `${summary}\n(no file changed)` : summary })
}

function sha256(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex')
}
