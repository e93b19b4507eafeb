/** What the words of a statement make worth asking: one bit for each group of patterns. */
export const SIGNAL = {
  prohibition: 1,
  obligation: 2,
  attribution: 4,
  decision: 8,
  story: 16,
  preference: 32,
} as const

const WORDS: Record<keyof typeof SIGNAL, string> = {
  prohibition:
    "not don't dont doesn't never no avoid refrain abstain away stop cannot can't mustn't shouldn't forbidden prohibited off off-limits permitted allowed taboo no-go leave without read-only read circumstances point means hands must may",
  obligation:
    'must has have need needs ought shall required mandatory obligatory require requires always make ensure sure only keep stay stick preserve respect follow conform maintain limit restrict cap remain most least more less exceed maximum minimum up exactly should stays remains exception exceptions nowhere limited capped restricted confined',
  attribution:
    'said says wrote writes told claim claims claimed asked mention mentions mentioned commented complain complains complained suggests suggested think thinks argue argues insist insists replied reported reckons believe believes recommend recommends wants keeps warn warns warned state states stated reads proposed proposes according quote quoting quoted say read tell tells contains show shows was',
  decision:
    "decided agreed settled chose choose opted ruled let's let going sticking staying use uses go decision",
  story: 'yesterday last used then once previous old',
  preference: 'prefer preferably rather ideally possible nice preference like',
}
let table: Map<string, number> | null = null

/** The signals of a statement. One pass over its words: most sentences of a long paste have none, and no pattern is run on them. */
export function signalsOf(text: string): number {
  table ??= buildTable()
  let found = 0
  let start = -1
  for (let at = 0; at <= text.length; at++) {
    const code = at < text.length ? text.charCodeAt(at) | 32 : 0
    const inside = (code >= 97 && code <= 122) || (at < text.length && (text[at] === "'" || text[at] === '-'))
    if (inside) {
      if (start < 0) start = at
    } else if (start >= 0) {
      if (at - start <= 13) found |= table.get(text.slice(start, at).toLowerCase()) ?? 0
      start = -1
    }
  }
  return found
}

function buildTable(): Map<string, number> {
  const words = new Map<string, number>()
  for (const [name, bit] of Object.entries(SIGNAL))
    for (const word of (WORDS[name as keyof typeof SIGNAL] ?? '').split(' '))
      words.set(word, (words.get(word) ?? 0) | bit)
  return words
}
