import { proveEvent } from '@cairn/journal'
import { writeFileSync } from 'node:fs'
import type { Invocation } from '../command.ts'
import { stringOption } from '../parse-command-line.ts'
import { openSessions } from '@cairn/server'
import { UsageError } from '../usage-error.ts'

/** `cairn log prove SEQ [ID]`: writes a proof that `cairn log verify` checks with the public key alone. */
export async function run({ io, values, positionals }: Invocation): Promise<number> {
  const seq = Number(positionals[1])
  if (!Number.isSafeInteger(seq) || seq < 1)
    throw new UsageError(
      '`cairn log prove` needs the number of an event',
      'For example `cairn log prove 12`; see `cairn show --json`.',
    )
  const sessions = openSessions(io.env)
  const store = sessions.open(sessions.need(positionals[2] ?? null, io.cwd()).id)
  try {
    const text = `${JSON.stringify(proveEvent(store, seq), null, 2)}\n`
    const out = stringOption(values, 'out')
    if (out === null) io.stdout.write(text)
    else writeFileSync(out, text, { mode: 0o600 })
  } finally {
    store.close()
  }
  return 0
}
