import type { Event } from '@cairn/journal'

/** One row of the index: a stretch of an event's text, or of the blob with its full output. */
export interface Document {
  seq: number
  kind: string
  /** Hash of the blob the text is from; empty for text of the event itself. */
  blob: string
  /** First line of the stretch, 1-based. */
  line: number
  path: string
  text: string
}

const CHUNK = 2000
/** Of a blob, this much is indexed; the rest is reached by line, byte and grep. */
const MAX_BLOB = 2_000_000
/** A text of an event before it is cut: `path` and `blob` belong to all of its stretches. */
interface Text {
  text: string
  path: string
  blob: string
}

/** The documents of one event. Text the journal keeps about itself (usage, epochs, narratives) is not indexed. */
export function documentsOf(event: Event, blob: (sha256: string) => Uint8Array | null): Document[] {
  return textsOf(event, blob).flatMap(({ text, path, blob: from }) =>
    chunks(text).map((chunk) => ({ seq: event.seq, kind: event.kind, blob: from, path, ...chunk })),
  )
}

/** The stretches of one event as `documentsOf` cuts them, without what only the index needs. */
export function stretchesOf(
  event: Event,
  blob: (sha256: string) => Uint8Array | null,
): { text: string; line: number; blob: string }[] {
  return textsOf(event, blob).flatMap(({ text, blob: from }) =>
    chunks(text).map((chunk) => ({ ...chunk, blob: from })),
  )
}

function textsOf(event: Event, blob: (sha256: string) => Uint8Array | null): Text[] {
  const out: Text[] = []
  const add = (text: string, path = '', from = '') => out.push({ text, path, blob: from })
  switch (event.kind) {
    case 'user.message':
    case 'harness.message':
      add(event.body.text)
      break
    case 'instructions.loaded':
      for (const file of event.body.files) add(file.text, file.path)
      break
    case 'ledger.inherited':
      add(event.body.entries.map((entry) => entry.text).join('\n'))
      break
    case 'model.answered':
      for (const part of event.body.parts)
        add(part.type === 'call' ? `${part.tool} ${readable(part.args)}` : part.text)
      break
    case 'tool.done': {
      const paths = (event.body.files ?? []).map((file) => file.path).join(' ')
      const bytes = event.body.full ? blob(event.body.full.sha256) : null
      if (bytes && event.body.full)
        add(new TextDecoder().decode(bytes.subarray(0, MAX_BLOB)), paths, event.body.full.sha256)
      else add(event.body.output, paths)
      if (event.body.output === '' && paths !== '') add(paths, paths)
      break
    }
    case 'note.written':
      add(event.body.text)
      break
    case 'guard.decided':
      if (event.body.decision === 'deny') add(`denied: ${event.body.reason}`)
      break
    case 'plan.updated':
      add(event.body.items.map((item) => `${item.status}: ${item.text}`).join('\n'))
      break
    case 'check.finished':
      add(
        [
          event.body.command,
          ...event.body.failures.map((failure) => `${failure.id}: ${failure.message}`),
        ].join('\n'),
        event.body.failures.map((failure) => failure.file ?? '').join(' '),
      )
      break
    case 'process.started':
      add(`process ${event.body.id} started: ${event.body.command}`)
      break
    case 'session.finished':
      add([event.body.summary, ...event.body.openItems].join('\n'))
      break
    default:
      break
  }
  return out
}

/** Arguments decoded: escapes would glue words together. */
function readable(args: string): string {
  try {
    return plain(JSON.parse(args))
  } catch {
    return args
  }
}

function plain(value: unknown): string {
  if (typeof value === 'string') return value
  if (value !== null && typeof value === 'object') return Object.values(value).map(plain).join('\n')
  return String(value)
}

function chunks(text: string): { text: string; line: number }[] {
  if (text.trim() === '') return []
  if (text.length <= CHUNK * 1.5) return [{ text, line: 1 }]
  const out: { text: string; line: number }[] = []
  let [start, line] = [0, 1]
  while (start < text.length) {
    const newline = text.lastIndexOf('\n', start + CHUNK)
    const space = newline > start ? newline : text.lastIndexOf(' ', start + CHUNK)
    const end = start + CHUNK >= text.length ? text.length : space > start ? space + 1 : start + CHUNK
    const chunk = text.slice(start, end)
    out.push({ text: chunk, line })
    for (let at = chunk.indexOf('\n'); at >= 0; at = chunk.indexOf('\n', at + 1)) line++
    start = end
  }
  return out
}
