import { readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { findRepository } from '../tree/git-index.ts'

/** The commit that HEAD of the repository around `root` names, read without running git; null where there is none. */
export function headCommit(root: string): string | null {
  const repository = findRepository(root)
  if (repository === null) return null
  const { gitDir } = repository
  const head = textOf(join(gitDir, 'HEAD'))
  const ref = /^ref: (refs\/\S+)$/.exec(head ?? '')?.[1]
  if (ref === undefined) return head
  const common = resolve(gitDir, textOf(join(gitDir, 'commondir')) ?? '.')
  const packed = textOf(join(common, 'packed-refs'))
  const line = packed?.split('\n').find((entry) => entry.endsWith(` ${ref}`))
  return textOf(join(gitDir, ref)) ?? textOf(join(common, ref)) ?? line?.split(' ')[0] ?? null
}

function textOf(path: string): string | null {
  try {
    return readFileSync(path, 'utf8').trim()
  } catch {
    return null
  }
}
