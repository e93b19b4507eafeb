export interface LocalizedFailure {
  id: string
  /** `file:line` where it stopped. */
  at: string | null
  message: string
  source: string[]
}

/** What the `localize` tool said, read back from its text. */
export interface LocalizedFaults {
  failures: LocalizedFailure[]
  /** Suspiciousness from 0 to 1 by line, by file; files in the order of the text. */
  files: Map<string, Map<number, number>>
  sizes: Map<string, { lines: number; bytes: number }>
}

/** Reads the text of the `localize` tool; null where it is something else or says that the check passes. */
export function parseLocalization(text: string): LocalizedFaults | null {
  if (!/^localization of `.*`: \d+ failing/m.test(text)) return null
  const faults: LocalizedFaults = { failures: [], files: new Map(), sizes: new Map() }
  for (const line of text.split('\n')) {
    const failure = /^fail (.*?)(?: @ (\S+:\d+))?$/.exec(line)
    const file = /^file (\S+) (.+)$/.exec(line)
    const size = /^\((\d+) lines, (\d+) bytes\) /.exec(file?.[2] ?? '')
    if (size !== null) faults.sizes.set(file?.[1] ?? '', { lines: Number(size[1]), bytes: Number(size[2]) })
    const top = faults.failures.at(-1)
    if (failure !== null)
      faults.failures.push({ id: failure[1] ?? '', at: failure[2] ?? null, message: '', source: [] })
    else if (file !== null) {
      const [path, ranges] = [file[1] ?? '', parseRanges(file[2] ?? '')]
      faults.files.set(path, new Map([...(faults.files.get(path) ?? []), ...ranges]))
    } else if (line.startsWith('  | ')) top?.source.push(line.slice(4))
    else if (line.startsWith('  ') && top !== undefined)
      top.message += (top.message === '' ? '' : '\n') + line.slice(2)
  }
  return faults
}

function parseRanges(text: string): Map<number, number> {
  const scores = new Map<number, number>()
  for (const match of text.matchAll(/(\d+)(?:-(\d+))?=([\d.]+)/g)) {
    const [first, last] = [Number(match[1]), Number(match[2] ?? match[1])]
    for (let line = first; line <= last; line++) scores.set(line, Number(match[3]))
  }
  return scores
}
