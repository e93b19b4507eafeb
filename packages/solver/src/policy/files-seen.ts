import type { Transcript } from './transcript.ts'

/** A file as far as reads in the request show it. */
export interface SeenFile {
  path: string
  /** Its whole text, or null while lines are missing. */
  text: string | null
  /** First line that is not known. */
  nextLine: number
  totalLines: number
  /** Number of reads that it was seen in. */
  parts: number
}

const header = /^\[(.+?)(?:, (\d+) lines| lines (\d+)-(\d+) of (\d+))\]$/

/** Blank lines at the end of a part that are believed in. */
const mostBlank = 3

/** Files read since they were last changed, by path. */
export function filesSeen({ steps }: Transcript): Map<string, SeenFile> {
  const known = new Map<string, { lines: Map<number, string>; total: number; parts: number }>()
  for (const step of steps) {
    if (step.tool === 'edit' && step.ok && typeof step.args['path'] === 'string')
      known.delete(step.args['path'])
    if (step.tool === 'apply_patch' && step.ok) known.clear()
    if (step.tool !== 'read' || !step.ok) continue
    const [first = '', ...rest] = step.text.split('\n')
    const head = header.exec(first)
    const path = typeof step.args['path'] === 'string' ? step.args['path'] : head?.[1]
    if (head === null || path === undefined) continue
    const file = known.get(path) ?? { lines: new Map<number, string>(), total: 0, parts: 0 }
    file.parts++
    file.total = Number(head[2] ?? head[5])
    for (const line of rest) {
      const numbered = /^\s*(\d+)\t(.*)$/s.exec(line)
      if (numbered !== null) file.lines.set(Number(numbered[1]), numbered[2] ?? '')
    }
    // Blank lines at the end of what was read are not printed.
    const [start, end] = [Number(head[3] ?? 1), Number(head[4] ?? file.total)]
    if (step.elided === null)
      for (let line = end; line >= Math.max(start, end - mostBlank) && !file.lines.has(line); line--)
        file.lines.set(line, '')
    known.set(path, file)
  }
  return new Map(
    [...known].map(([path, { lines, total, parts }]) => {
      let next = 1
      while (lines.has(next)) next++
      const text =
        next > total
          ? Array.from({ length: total }, (_, index) => `${lines.get(index + 1) ?? ''}\n`).join('')
          : null
      return [path, { path, text, nextLine: next, totalLines: total, parts }]
    }),
  )
}
