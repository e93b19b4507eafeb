import { boundView } from '@cairn/context'
import type { Redactor } from '@cairn/guard'
import type { BlobRef, BlobStore } from '@cairn/journal'
import type { Capture } from '@cairn/terminal'
import type { ToolOutcome } from './tool.ts'

/** Tokens of a view: what went wrong is shown in full measure, what went well only as far as it is likely to be read. */
const FAILED_VIEW = 8_000
const PASSED_VIEW = 4_000

export interface Admitted {
  output: string
  full?: BlobRef & { lines: number }
}

function countLines(text: string): number {
  let lines = text === '' || text.endsWith('\n') ? 0 : 1
  for (let at = text.indexOf('\n'); at >= 0; at = text.indexOf('\n', at + 1)) lines += 1
  return lines
}

function fullOf(source: string | Capture, blobs: BlobStore): BlobRef & { lines: number } {
  if (typeof source === 'string') return { ...blobs.putBlob(Buffer.from(source)), lines: countLines(source) }
  const blob = source.blob ?? blobs.putBlob(Buffer.from(source.head))
  return { ...blob, lines: source.lines }
}

/**
 * The one place where tool output enters the session: secrets are taken out, every other byte is kept as a blob, and the
 * model gets a bounded view with a handle to the rest. A capture had its secrets taken out while it was printed, blob
 * included; its view is searched all the same.
 */
export function admit(
  outcome: Pick<ToolOutcome, 'header' | 'output' | 'exit'>,
  blobs: BlobStore,
  redactor: Pick<Redactor, 'redact'>,
): Admitted {
  const source = typeof outcome.output === 'string' ? redactor.redact(outcome.output).text : outcome.output
  const view = boundView(source, { maxTokens: outcome.exit === 0 ? PASSED_VIEW : FAILED_VIEW })
  const parts = [outcome.header, view.text].filter((part) => part !== undefined && part !== '')
  const { text } = redactor.redact(parts.join('\n'))
  if (view.handle === null) return { output: text === '' ? '(no output)' : text }
  return { output: text, full: fullOf(source, blobs) }
}
