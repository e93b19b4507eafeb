import { parsePatch } from './parse-patch.ts'

/** Every file that a patch names, as the patch tool itself reads it; none where it would refuse the patch. */
export function patchPaths(patch: string): string[] {
  const parsed = parsePatch(patch)
  if (!parsed.ok) return []
  return parsed.value.flatMap((op) =>
    op.type === 'update' && op.moveTo !== null ? [op.path, op.moveTo] : [op.path],
  )
}
