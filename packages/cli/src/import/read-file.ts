import { liveEvents, readExportEvents, type Event } from '@cairn/journal'
import { readFileSync } from 'node:fs'
import { UsageError } from '../usage-error.ts'
import { objectsOfLines, type ImportedSession } from './imported-session.ts'
import { readAtif } from './read-atif.ts'
import { readClaudeCode } from './read-claude-code.ts'
import { readCodex } from './read-codex.ts'
import { readExport } from './read-export.ts'

/** Files of other programs are read whole, up to this many bytes. */
const LARGEST = 256 << 20

/** The conversation of an export of cairn, as it is in force. */
export async function readOwnExport(path: string, session: string): Promise<ImportedSession> {
  const events: Event[] = []
  for await (const event of readExportEvents(path)) events.push(event)
  const read = ({
    from = 0,
    to = Infinity,
    kinds,
  }: { from?: number; to?: number; kinds?: readonly string[] } = {}) =>
    events
      .filter(({ seq, kind }) => seq >= from && seq <= to && (kinds === undefined || kinds.includes(kind)))
      .values()
  return readExport(session, [...liveEvents({ read })])
}

/** The conversation of a file of another program. Throws `UsageError` where it is of none that is known. */
export function readForeign(path: string, bytes: number): ImportedSession {
  if (bytes > LARGEST)
    throw new UsageError(`${path} has ${bytes} bytes`, `At most ${LARGEST} are read from other programs.`)
  const text = readFileSync(path, 'utf8')
  const lines = objectsOfLines(text)
  const found =
    readAtif(jsonOrNull(text)) ?? (lines === null ? null : (readClaudeCode(lines) ?? readCodex(lines)))
  if (found !== null) return found
  throw new UsageError(
    `${path} is no session that cairn can read`,
    'It reads exports of cairn (.jsonl), ATIF (.json), and transcripts of Claude Code and Codex (.jsonl).',
  )
}

function jsonOrNull(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return null
  }
}
