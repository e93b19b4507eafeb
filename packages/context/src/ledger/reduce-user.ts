import type { Event } from '@cairn/journal'
import { addEntry, closeEntry } from './add-entry.ts'
import { endsSomething } from './cues.ts'
import type { Draft } from './draft.ts'
import { extractUser } from './extract-user.ts'
import type { LedgerState } from './ledger-state.ts'
import { restoration, retract } from './retract.ts'
import { contentWords } from './words.ts'

/** Applies a user message, statement by statement: later ones see what earlier ones did. */
export function reduceUser(state: LedgerState, event: Event<'user.message'>, next: () => number): void {
  for (const { statement, draft, cue } of extractUser(event)) {
    if (statement.block === 'prose' && state.temporal.size > 0 && endsSomething(statement.text))
      endTemporal(state, statement.text)
    if (cue === 'retract' && retract(state, statement.text, `L${event.seq}`)) continue
    if (cue === 'restore') {
      const old = restoration(state, statement.text)
      if (old && draft?.claims.length !== 1) {
        const span = { seq: event.seq, field: 'text', start: statement.start, end: statement.end }
        // The old value speaks again; the override cue lets it end what had replaced it.
        const again: Draft = {
          ...old,
          authority: 'user',
          sources: [span, ...old.sources.slice(0, 3)],
          cue: 'override',
        }
        addEntry(state, again, next())
        continue
      }
    }
    if (draft) addEntry(state, draft, next())
  }
}

/** "The release is out" ends what held "until the release". */
function endTemporal(state: LedgerState, text: string): void {
  const words = new Set(contentWords(text))
  for (const id of state.temporal) {
    const entry = state.entries.get(id)
    if (!entry || entry.scope.until === undefined) continue
    const goal = contentWords(entry.scope.until)
    if (goal.length > 0 && goal.every((word) => words.has(word))) closeEntry(state, entry, 'done', null)
  }
}
