import { loadOrCreateKey, openStore } from '@cairn/journal'
import type { Invocation } from '../command.ts'
import { stringOption } from '../parse-command-line.ts'
import { openSessions } from '@cairn/server'
import { UsageError } from '../usage-error.ts'

/** `cairn log erase BLOB [ID] --reason TEXT`: erases bytes, keeps their hash, and writes down that it was done. */
export async function run({ io, values, positionals }: Invocation): Promise<number> {
  const word = positionals[1] ?? ''
  const reason = stringOption(values, 'reason')
  if (!/^[0-9a-f]{8,64}$/u.test(word))
    throw new UsageError(
      '`cairn log erase` needs a blob: its sha256, or at least 8 digits of it',
      'See `full` in `cairn show --json`.',
    )
  if (reason === null || reason.trim() === '')
    throw new UsageError(
      'nothing is erased without a reason',
      'Give --reason TEXT: it is kept in the journal.',
    )
  const sessions = openSessions(io.env)
  const { id } = sessions.need(positionals[2] ?? null, io.cwd())
  const key = loadOrCreateKey(sessions.dataDir)
  const store = openStore(sessions.path(id), { sessionId: id, mode: 'writer', now: Date.now, key })
  try {
    const found = [...store.listBlobs()].filter(({ sha256 }) => sha256.startsWith(word))
    const [blob] = found
    if (blob === undefined || found.length > 1)
      throw new UsageError(
        `${found.length === 0 ? 'no blob' : 'more than one blob'} of ${id} begins with ${word}`,
        'Give all of its sha256.',
      )
    if (blob.erased !== null) {
      io.stderr.write(`${blob.sha256} was erased already: ${blob.erased}\n`)
      return 0
    }
    store.eraseBlob(blob.sha256, reason)
    store.append([
      {
        time: Date.now(),
        turn: 0,
        step: 0,
        kind: 'log.erased',
        body: { sha256: blob.sha256, bytes: blob.bytes, reason },
      },
    ])
    io.stderr.write(`erased ${blob.bytes} bytes of ${blob.sha256}; the log still verifies\n`)
  } finally {
    store.close()
  }
  return 0
}
