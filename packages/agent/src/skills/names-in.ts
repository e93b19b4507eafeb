import { lstatSync, readdirSync } from 'node:fs'

/** What a folder holds, in order; nothing where there is none, or where it is a link. */
export function namesIn(folder: string): string[] {
  return lstatSync(folder, { throwIfNoEntry: false })?.isDirectory() === true
    ? readdirSync(folder).toSorted()
    : []
}
