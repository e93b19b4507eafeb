import { matchesGlob } from 'node:path'

/** Files that match one of `globs` and none of `exclude`. A glob that begins with `!` excludes too. */
export function matchFiles(
  files: readonly string[],
  globs: readonly string[],
  exclude: readonly string[],
): string[] {
  const wanted = globs.filter((glob) => !glob.startsWith('!')).map(relative)
  const unwanted = [
    ...exclude,
    ...globs.filter((glob) => glob.startsWith('!')).map((glob) => glob.slice(1)),
  ].map(relative)
  const matches = (file: string) => (glob: string) =>
    glob === '**/*' || glob === '**' || matchesGlob(file, glob)
  return files.filter((file) => wanted.some(matches(file)) && !unwanted.some(matches(file)))
}

const relative = (glob: string) => glob.replace(/^\.\//u, '')
