import type { PolicyRequest } from '../policies/policy.ts'

export type Voice = 'system' | 'user' | 'assistant' | 'call' | 'result'

/** One text of a request, with who speaks. `folded` is for finding, `lines` for looking at the surroundings. */
export interface Segment {
  voice: Voice
  raw: string
  folded: string
}

export interface RequestView {
  segments: Segment[]
  /** Everything, folded. */
  whole: string
  /** What the user or the harness says: system text and user items. */
  pinned: string
}

/** NFKC, lower case, one kind of quote, white space and Markdown marks folded, JSON escapes of quotes undone. */
export function fold(text: string): string {
  return text
    .normalize('NFKC')
    .toLowerCase()
    .replace(/\\"/g, '"')
    .replace(/\\n/g, ' ')
    .replace(/[‘’‛`´]/g, "'")
    .replace(/[“”„]/g, '"')
    .replace(/[*_]{2,}/g, '')
    .replace(/\s+/g, ' ')
}

export function viewRequest(request: PolicyRequest): RequestView {
  const segments: Segment[] = []
  const add = (voice: Voice, raw: string) => segments.push({ voice, raw, folded: fold(raw) })
  add('system', request.system)
  for (const item of request.items) {
    if (item.type === 'user')
      for (const part of item.parts) add('user', part.type === 'text' ? part.text : '')
    else if (item.type === 'assistant')
      for (const part of item.parts)
        add(part.type === 'call' ? 'call' : 'assistant', part.type === 'call' ? part.args : part.text)
    else
      for (const result of item.results)
        for (const part of result.parts) add('result', part.type === 'text' ? part.text : '')
  }
  const text = (test: (segment: Segment) => boolean) =>
    segments
      .filter(test)
      .map((segment) => segment.folded)
      .join('\n')
  return {
    segments,
    whole: text(() => true),
    pinned: text((s) => s.voice === 'system' || s.voice === 'user'),
  }
}

const NEAR = 400

/** All needles within 400 characters of the first. */
export function holds(folded: string, needles: readonly string[]): boolean {
  const [first, ...rest] = needles.map(fold)
  if (first === undefined) return false
  let at = folded.indexOf(first)
  while (at >= 0) {
    const around = folded.slice(Math.max(0, at - NEAR), at + first.length + NEAR)
    if (rest.every((needle) => around.includes(needle))) return true
    at = folded.indexOf(first, at + 1)
  }
  return false
}

/** Every line of a segment that holds the needle, with the last heading above it. */
export function linesWith(segment: Segment, needle: string): { line: string; heading: string }[] {
  const wanted = fold(needle)
  if (!segment.folded.includes(wanted)) return []
  const found: { line: string; heading: string }[] = []
  let heading = ''
  for (const raw of segment.raw.split('\n')) {
    const line = fold(raw)
    if (line.includes(wanted)) found.push({ line, heading })
    else if (/^\s*(#|<|\[|={2,}|-{3,})|:\s*$/.test(raw)) heading = line
  }
  // The needle may run over a line break: then the whole segment is its line.
  return found.length > 0 ? found : [{ line: segment.folded, heading: '' }]
}
