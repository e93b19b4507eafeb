import type { Hit } from '../engine/machine.ts'
import type { Outline } from './outline.ts'

const people = /user|account|member|profile|employee|customer|staff|person|payment|order|wallet|subscription/i
const described =
  /^class\s+\w+\(([^)]*)\)\s*:(?:\n(?:[ \t].*)?)*?\n[ \t]+class\s+Meta\b[^:]*:((?:\n(?:[ \t].*)?)*)/gm

/** Serialisers and forms of Django that take every field of a record of people or money. */
export function findOpenModels(outlines: readonly Outline[]): Hit[] {
  return outlines.flatMap((outlined): Hit[] => {
    if (outlined.file.language !== 'python') return []
    const { text, path } = outlined.file
    return [...text.matchAll(described)].flatMap((match): Hit[] => {
      const [, bases = '', meta = ''] = match
      const fields = /^[ \t]+(fields)\s*=\s*["']__all__["']/m.exec(meta)
      const model = /^[ \t]+model\s*=\s*([\w.]+)/m.exec(meta)?.[1] ?? ''
      if (!/Serializer|Form/.test(bases) || /read_only_fields/.test(meta)) return []
      if (fields === null || !people.test(model)) return []
      const at = match.index + match[0].length - meta.length + fields.index + fields[0].search(/\S/)
      return [{ rule: 'mass-assignment', file: path, at, taint: null, sink: model }]
    })
  })
}
