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

/** Texts of a file before and after; null where it is absent. */
export interface ReviewedChange {
  path: string
  before: string | null
  after: string | null
}

/** Asked with all changes before the first is written: why they must not be made, or null. */
export type ReviewChanges = (changes: readonly ReviewedChange[]) => string | null

type Changed = Outcome<{ files: FileEffect[]; summary: string }>

/** Parses, verifies and writes a V4A patch: all of it or nothing. */
export function applyPatch(
  root: Root,
  patch: string,
  isProtected?: IsProtected,
  review?: ReviewChanges,
): Changed {
  const ops = parsePatch(patch)
  if (!ops.ok) return ops
  const plan = planPatch(root, ops.value, isProtected)
  if (!plan.ok) return plan
  return write(root, plan.value.changes, plan.value.summary.join('\n'), review)
}

/** Replaces text in one file, or creates the file where `oldText` is empty and there is none. */
export function editFile(
  root: Root,
  path: string,
  oldText: string,
  newText: string,
  options: {
    all?: boolean
    isProtected?: IsProtected | undefined
    review?: ReviewChanges | undefined
  },
): Changed {
  const at = locateWritable(root, path, options.isProtected)
  if (!at.ok) return at
  if (at.value.kind === 'absent')
    return oldText === '' ? create(root, at.value, newText, options.review) : missing(path)
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
      options.review,
    )
  }
  const edited = planEdit(path, text, oldText, newText, options.all === true)
  if (!edited.ok) return edited
  const after = { bytes: Buffer.from(edited.value.text), mode }
  const times = edited.value.count === 1 ? '1 replacement' : `${edited.value.count} replacements`
  return write(root, [{ at: at.value, before, after }], `M ${at.value.asked} (${times})`, options.review)
}

function create(root: Root, at: Located, text: string, review?: ReviewChanges): Changed {
  const change = { at, before: null, after: { bytes: Buffer.from(text), mode: null } }
  return write(root, [change], `A ${at.asked}`, review)
}

function missing(path: string): Changed {
  return fault('not-found', `${path} does not exist. Check the path, or give an empty old text to create it.`)
}

function write(root: Root, changes: Change[], summary: string, review?: ReviewChanges): Changed {
  const why = review?.(changes.map(reviewed)) ?? null
  if (why !== null) return fault('constraint', `${why}. Nothing was written.`)
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

const textOf = (content: Change['before']) =>
  content === null ? null : Buffer.from(content.bytes).toString('utf8')

const reviewed = ({ at, before, after }: Change): ReviewedChange => ({
  path: at.rel,
  before: textOf(before),
  after: textOf(after),
})

function sha256(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex')
}
