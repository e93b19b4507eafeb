import type { Redactor } from '@cairn/guard'
import type { PlainHit } from '../build-findings.ts'

/** Secrets that the session's redactor knows by their form, as findings. Values themselves never leave this function. */
export function findSecretsInText(path: string, text: string, redactor: Redactor): PlainHit[] {
  const redacted = redactor.redact(text)
  if (redacted.found.length === 0) return []
  const hits: PlainHit[] = []
  let position = 0
  const pieces = redacted.text.split(/(\[secret:[\w-]+:[0-9a-f]{8}\])/)
  for (const [index, piece] of pieces.entries()) {
    if (index % 2 === 0) {
      const at = text.indexOf(piece, position)
      if (at !== -1) position = at + piece.length
      continue
    }
    const kind = /^\[secret:([\w-]+)/.exec(piece)?.[1] ?? 'secret'
    const line = text.slice(0, position).split('\n').length
    // Names that only look like a password's are judged by the engine, which sees what stands there.
    if (kind === 'assignment' || kind === 'password') continue
    const before = text.slice(text.lastIndexOf('\n', position - 1) + 1, position)
    hits.push({
      rule: 'hardcoded-secret',
      file: path,
      line,
      column: before.length + 1,
      snippet: `${before}…`,
      detail: kind,
    })
  }
  return hits
}
