import { sessionRedactor } from '@cairn/agent'
import { exportJsonl, loadOrCreateKey } from '@cairn/journal'
import { createWriteStream } from 'node:fs'
import { resolve } from 'node:path'
import { PassThrough, type Writable } from 'node:stream'
import { finished } from 'node:stream/promises'
import type { Invocation } from '../command.ts'
import { toAtif } from '../export/atif.ts'
import { transcriptHtml } from '../export/transcript-html.ts'
import { transcriptMarkdown } from '../export/transcript-markdown.ts'
import { cleanEvents, transcript } from '../export/transcript.ts'
import { stringOption } from '../parse-command-line.ts'
import { openSessions } from '@cairn/server'
import { UsageError } from '../usage-error.ts'

const FORMATS = ['html', 'md', 'jsonl', 'atif'] as const
type Format = (typeof FORMATS)[number]
const ENDINGS: readonly (readonly [string, Format])[] = [
  ['.html', 'html'],
  ['.htm', 'html'],
  ['.jsonl', 'jsonl'],
  ['.json', 'atif'],
]

function formatOf(asked: string | null, out: string | null): Format {
  if (asked === null)
    return ENDINGS.find(([ending]) => out?.toLowerCase().endsWith(ending) === true)?.[1] ?? 'md'
  const format = FORMATS.find((each) => each === asked)
  if (format === undefined)
    throw new UsageError(`there is no format ${JSON.stringify(asked)}`, `It is one of ${FORMATS.join(', ')}.`)
  return format
}

/** `cairn export`: a session for people, for other programs, or whole. */
export async function run({ io, values, positionals }: Invocation): Promise<number> {
  const sessions = openSessions(io.env)
  const session = sessions.need(positionals[0] ?? null, io.cwd())
  const out = stringOption(values, 'out')
  const format = formatOf(stringOption(values, 'format'), out)
  const store = sessions.open(session.id)
  try {
    const target: Writable =
      out === null ? new PassThrough() : createWriteStream(resolve(io.cwd(), out), { mode: 0o600 })
    if (out === null) target.on('data', (chunk: Buffer) => io.stdout.write(chunk.toString('utf8')))
    const done = finished(target)
    if (format === 'jsonl') await Promise.race([exportJsonl(store, target, { blobs: true }), done])
    else {
      const redactor = sessionRedactor({
        sessionId: session.id,
        key: loadOrCreateKey(sessions.dataDir),
        env: io.env,
        secrets: [],
      })
      const events = cleanEvents(store, (text) => redactor.redact(text).text)
      if (format === 'atif') target.write(`${JSON.stringify(toAtif(session.id, events), null, 2)}\n`)
      else {
        const { head, blocks } = transcript(session, events)
        target.write(format === 'html' ? transcriptHtml(head, blocks) : transcriptMarkdown(head, blocks))
      }
    }
    target.end()
    await done
  } finally {
    store.close()
  }
  if (out !== null) io.stderr.write(`exported ${session.id} to ${out}\n`)
  return 0
}
