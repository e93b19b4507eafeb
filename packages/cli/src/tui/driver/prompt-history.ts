import { appendFileSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

/** What a person has sent, over all sessions; newest last. */
export interface PromptHistory {
  readonly entries: readonly string[]
  add(text: string): void
}

const KEPT = 500
/** A pasted log is no prompt that anybody wants back. In UTF-16 code units. */
const LONGEST = 10_000

function parse(text: string): string[] {
  const entries: string[] = []
  for (const line of text.split('\n')) {
    try {
      const entry: unknown = JSON.parse(line)
      if (typeof entry === 'string' && entry !== '') entries.push(entry)
    } catch {
      // A line that was cut by a crash is worth nothing more than itself.
    }
  }
  return entries
}

/** Each text once, at its newest place. */
function distinct(entries: readonly string[]): string[] {
  return [...new Set(entries.toReversed())].toReversed().slice(-KEPT)
}

/** Keeps prompts in the data folder, one JSON string a line. A history that cannot be read or written is no reason to stop. */
export function openPromptHistory(dataDir: string): PromptHistory {
  const path = join(dataDir, 'prompts.jsonl')
  let entries: string[] = []
  try {
    const all = parse(readFileSync(path, 'utf8'))
    entries = distinct(all)
    if (all.length > 2 * KEPT) {
      writeFileSync(`${path}.new`, entries.map((entry) => `${JSON.stringify(entry)}\n`).join(''), {
        mode: 0o600,
      })
      renameSync(`${path}.new`, path)
    }
  } catch {
    // There is none yet.
  }
  return {
    get entries() {
      return entries
    },
    add(text) {
      if (text.trim() === '' || text.length > LONGEST || entries.at(-1) === text) return
      entries = distinct([...entries, text])
      try {
        appendFileSync(path, `${JSON.stringify(text)}\n`, { mode: 0o600 })
      } catch {
        // It is kept for this session at least.
      }
    },
  }
}
