import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

export interface Pair {
  name: string
  /** Weaknesses of which one has to be found. */
  cwes: number[]
  /** Name of the file of the corpus it stands in, without what follows the dot. */
  set: string
  bad: { path: string; text: string }[]
  good: { path: string; text: string }[]
}

/**
 * Reads the corpus. A pair begins with `== CWE[,CWE] NAME FILE`; `@@ FILE` begins a further file; `[[vulnerable||fixed]]` is where both
 * differ.
 */
export function readPairs(folder: string): Pair[] {
  const pairs: Pair[] = []
  for (const file of readdirSync(join(folder, 'corpus')).toSorted()) {
    for (const block of readFileSync(join(folder, 'corpus', file), 'utf8')
      .split(/^== /m)
      .slice(1)) {
      const [head = '', ...lines] = block.split('\n')
      const [cwes = '', name = '', path = ''] = head.split(' ')
      const read = (side: 1 | 2) => {
        const text = lines
          .join('\n')
          .replace(/\[\[([\s\S]*?)\|\|([\s\S]*?)\]\](?!\])/g, (...match: string[]) => match[side] ?? '')
        const [first = '', ...more] = text.split(/^@@ /m)
        const files = more.map((one) => ({
          path: one.slice(0, one.indexOf('\n')),
          text: one.slice(one.indexOf('\n') + 1),
        }))
        return first.trim() === '' ? files : [{ path, text: first }, ...files]
      }
      pairs.push({
        name,
        cwes: cwes.split(',').map(Number),
        set: file.replace(/\..*$/, ''),
        bad: read(1),
        good: read(2),
      })
    }
  }
  return pairs
}
