import { escapeForDisplay } from '@cairn/guard'
import type { Invocation } from '../command.ts'
import { count, localTime } from '../output/format.ts'
import { createPaint } from '../output/paint.ts'
import { prepareDataFolder } from '@cairn/server'
import { openSessions, type Sessions } from '@cairn/server'
import { passage } from '../sessions/passage.ts'
import { openSearchIndex, searchTerms, textsOf, type SearchHit } from '../sessions/search-index.ts'
import { UsageError } from '../usage-error.ts'

const MOST_HITS = 2_000
const MOST_SESSIONS = 20
const PASSAGES = 3

/** What an event says around the words that were looked for. */
function passagesOf(
  sessions: Sessions,
  id: string,
  hits: readonly SearchHit[],
  terms: readonly string[],
  width: number,
): { seq: number; kind: string; text: string }[] {
  const store = sessions.open(id)
  try {
    return hits.flatMap(({ seq, kind }) => {
      const [event] = store.read({ from: seq, to: seq })
      return event === undefined
        ? []
        : [{ seq, kind, text: passage(textsOf(event).join('\n'), terms, width) }]
    })
  } finally {
    store.close()
  }
}

/** `cairn sessions --search TEXT`: sessions in which all words stand, best first, with the places. */
export async function run({ io, values }: Invocation, text: string): Promise<number> {
  const terms = searchTerms(text)
  if (terms.length === 0)
    throw new UsageError('--search needs a word', 'For example --search "retry timeout".')
  const sessions = openSessions(io.env)
  const all = values['all'] === true
  const list = sessions.list(null)
  const wanted = new Map(
    list.filter(({ cwd }) => all || cwd === io.cwd()).map((session) => [session.id, session]),
  )
  prepareDataFolder(sessions.dataDir)
  const index = openSearchIndex(sessions.dataDir, Date.now)
  let hits: SearchHit[]
  try {
    index.update(list.map(({ id }) => id))
    hits = index.find(terms, MOST_HITS).filter(({ session }) => wanted.has(session))
  } finally {
    index.close()
  }
  const bySession = new Map<string, SearchHit[]>()
  for (const hit of hits) {
    const of = bySession.get(hit.session) ?? []
    if (!of.some(({ seq }) => seq === hit.seq)) of.push(hit)
    bySession.set(hit.session, of)
  }
  const paint = createPaint(io.stdout, io.env)
  const width = Math.max(40, (io.stdout.columns ?? 120) - 30)
  for (const [id, found] of [...bySession].slice(0, MOST_SESSIONS)) {
    const session = wanted.get(id)
    if (session === undefined) continue
    const places = passagesOf(sessions, id, found.slice(0, PASSAGES), terms, width)
    if (values['json'] === true) {
      io.stdout.write(`${JSON.stringify({ ...session, hits: found.length, places })}\n`)
      continue
    }
    const name = session.name ?? session.title
    io.stdout.write(
      `${paint.bold(id)}  ${localTime(session.updatedAt)}  ${escapeForDisplay(passage(name, [], 60))}${all ? paint.dim(`  ${escapeForDisplay(session.cwd)}`) : ''}\n`,
    )
    for (const place of places)
      io.stdout.write(`  ${paint.dim(`event ${place.seq}`.padEnd(11))} ${escapeForDisplay(place.text)}\n`)
    if (found.length > PASSAGES)
      io.stdout.write(
        `  ${paint.dim(`and ${count(found.length - PASSAGES, 'more place')}; see cairn show ${id}`)}\n`,
      )
  }
  if (bySession.size === 0 && values['json'] !== true)
    io.stderr.write(
      `no session ${all ? '' : 'of this folder '}has ${terms.join(' and ')}${all ? '' : '; --all searches those of all folders'}\n`,
    )
  return bySession.size === 0 ? 1 : 0
}
