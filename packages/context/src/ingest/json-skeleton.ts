import type { Json } from '@cairn/journal'
import { grouped } from './handle.ts'

/** Above this the text is treated as lines: parsing would cost more than the skeleton is worth. */
const MAX_PARSED = 4_000_000
const SHAPES = [
  { items: 20, text: 400, depth: 12 },
  { items: 6, text: 200, depth: 8 },
  { items: 3, text: 100, depth: 6 },
  { items: 1, text: 60, depth: 4 },
]

/**
 * A JSON document with the middle of long arrays, objects and strings replaced by counts, in at most `maxChars`.
 * Null where the text is no JSON object or array, or no shape is small enough.
 */
export function jsonSkeleton(text: string, maxChars: number): string | null {
  if (text.length > MAX_PARSED || !/^\s*[[{]/.test(text.slice(0, 64)) || !/[\]}]\s*$/.test(text.slice(-64)))
    return null
  let value: Json
  try {
    value = JSON.parse(text)
  } catch {
    return null
  }
  for (const shape of SHAPES) {
    const lines: string[] = []
    write(value, shape, 0, '', '', lines, { left: maxChars })
    const out = lines.join('\n')
    if (out.length <= maxChars) return out
  }
  return null
}

interface Shape {
  items: number
  text: number
  depth: number
}

function write(
  value: Json,
  shape: Shape,
  depth: number,
  lead: string,
  end: string,
  lines: string[],
  room: { left: number },
): void {
  const pad = '  '.repeat(depth)
  const put = (line: string) => {
    room.left -= line.length + 1
    lines.push(line)
  }
  if (room.left < 0) return
  if (typeof value === 'string') return put(pad + lead + shorten(value, shape.text) + end)
  if (value === null || typeof value !== 'object') return put(pad + lead + JSON.stringify(value) + end)
  const isArray = Array.isArray(value)
  const pairs: [string, Json][] = isArray ? value.map((item) => ['', item]) : Object.entries(value)
  const [open, close] = isArray ? ['[', ']'] : ['{', '}']
  if (pairs.length === 0) return put(pad + lead + open + close + end)
  if (depth >= shape.depth) return put(`${pad}${lead}${open}… ${grouped(pairs.length)} items${close}${end}`)
  put(pad + lead + open)
  const tail = pairs.length > shape.items + 1 ? 1 : 0
  const shown = tail ? [...pairs.slice(0, shape.items), ...pairs.slice(-tail)] : pairs
  for (const [index, [name, item]] of shown.entries()) {
    if (tail && index === shape.items) put(`${pad}  … ${grouped(pairs.length - shown.length)} more`)
    write(
      item,
      shape,
      depth + 1,
      isArray ? '' : `${shorten(name, shape.text)}: `,
      index < shown.length - 1 ? ',' : '',
      lines,
      room,
    )
  }
  put(pad + close + end)
}

function shorten(text: string, limit: number): string {
  if (text.length <= limit) return JSON.stringify(text)
  return `${JSON.stringify(text.slice(0, limit).toWellFormed())}…+${grouped(text.length - limit)}`
}
