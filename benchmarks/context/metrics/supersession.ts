import type { Entry } from '@cairn/context'
import type { Supersession } from '../trace/plant.ts'
import { fold, linesWith, type RequestView } from './request-view.ts'

export interface SupersessionScore {
  chains: number
  /** The statement in force is there, and nothing that is not in force has the last word. */
  correct: number
  /** Voided values shown as if they held. */
  resurrected: number
}

const LABEL =
  /void|supersed|overrid|replaced|no longer|historical|obsolete|withdrawn|retracted|earlier|was |outdated|not in force|dropped|tool output|untrusted/i

/** A value is shown as current if the last line that states one, and does not label it, states this one. */
export function measureSupersession(
  view: RequestView,
  chains: readonly Supersession[],
  memory: readonly Entry[] | null,
): SupersessionScore {
  const score: SupersessionScore = { chains: chains.length, correct: 0, resurrected: 0 }
  for (const chain of chains) {
    const now = chain.statements[chain.current]
    const value = now === undefined ? null : valueOf(now.text)
    const needle = `the ${chain.topic} dev server must listen on port`
    let lastWord: string | null = null
    let retracted = false
    for (const segment of view.segments) {
      // Tool output says what a tool said: it is never read as a rule.
      if (segment.voice === 'result' || segment.voice === 'call') continue
      const stated = linesWith(segment, needle)
      for (const { line, heading } of stated) {
        if (LABEL.test(heading)) continue
        for (const match of line.matchAll(new RegExp(`${escape(fold(needle))} (\\d+)`, 'g'))) {
          const before = line.slice(Math.max(0, match.index - 60), match.index)
          const after = line.slice(match.index + match[0].length, match.index + match[0].length + 50)
          if (LABEL.test(before) || LABEL.test(after)) continue
          lastWord = match[1] ?? null
          retracted = false
        }
      }
      if (chain.current < 0 && segment.folded.includes(fold(`drop the rule about the ${chain.topic}`)))
        retracted = true
    }
    const wrongWord = lastWord !== null && lastWord !== value && !(chain.current < 0 && retracted)
    const wrongEntry = (memory ?? []).some(
      (entry) => entry.status === 'current' && isWrong(entry, chain, value, needle),
    )
    if (wrongWord || wrongEntry) score.resurrected += 1
    else if (chain.current < 0 || lastWord === value) score.correct += 1
  }
  return score
}

/** A rule in force with a voided value, from a short text: a whole message quoted as a request may hold old words. */
function isWrong(entry: Entry, chain: Supersession, value: string | null, needle: string): boolean {
  if (entry.type !== 'constraint' || entry.text.length > 200) return false
  const text = fold(entry.text)
  return (
    text.includes(fold(needle)) &&
    chain.statements.some(
      (s) =>
        valueOf(s.text) !== null && valueOf(s.text) !== value && text.includes(`port ${valueOf(s.text)}`),
    )
  )
}

function valueOf(text: string): string | null {
  return /port (\d+)/.exec(text)?.[1] ?? null
}

function escape(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')
}
