import type { Event, Json, Span } from '@cairn/journal'
import type { LedgerPorts } from './ports.ts'

const SHA = /^[0-9a-f]{64}$/

/**
 * The text a span points to, or null where the field is absent or its blob erased. `field` is a dotted path into the
 * body. A path that goes on below a string reads that string as JSON (`parts.1.args.command`); a path that ends at a
 * blob reference or a sha256 (`full`, `files.0.after`) reads the blob as UTF-8; a number reads as its decimal digits.
 */
export function spanText(event: Event, span: Span, ports: Pick<LedgerPorts, 'blob'>): string | null {
  const text = fieldText(event, span.field, ports)
  return text === null ? null : text.slice(span.start, span.end)
}

/** The whole text of a field, by the rules of `spanText`. */
function fieldText(event: Event, field: string, ports: Pick<LedgerPorts, 'blob'>): string | null {
  let value: unknown = event.body
  for (const step of field.split('.')) {
    if (typeof value === 'string') value = parsed(value)
    if (value === null || typeof value !== 'object') return null
    value = Object.hasOwn(value, step) ? (value as { [key: string]: unknown })[step] : undefined
  }
  if (typeof value === 'number') return String(value)
  const sha =
    typeof value === 'string'
      ? value
      : value !== null && typeof value === 'object' && 'sha256' in value
        ? value.sha256
        : null
  if (typeof sha !== 'string') return null
  if (!SHA.test(sha) || (typeof value === 'string' && !/^(?:files\.\d+\.(?:after|before)|full)$/.test(field)))
    return sha
  const bytes = ports.blob(sha)
  return bytes === null ? null : new TextDecoder().decode(bytes)
}

function parsed(text: string): Json {
  try {
    return JSON.parse(text)
  } catch {
    return null
  }
}
