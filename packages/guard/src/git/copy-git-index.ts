import { copyFileSync, statSync, utimesSync } from 'node:fs'

/**
 * Copies a git index with its time, in whole seconds and rounded down. Git reads a file anew where the index is not younger
 * than the file: a copy with the time of copying would make an edit of the same second and the same size unseen.
 */
export function copyGitIndex(from: string, to: string): void {
  const { mtimeMs } = statSync(from)
  copyFileSync(from, to)
  const second = Math.floor(mtimeMs / 1000)
  utimesSync(to, second, second)
}
