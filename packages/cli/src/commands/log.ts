import { exportJsonl, readVkey, verifyLog } from '@cairn/journal'
import { createWriteStream, existsSync } from 'node:fs'
import { PassThrough } from 'node:stream'
import { finished } from 'node:stream/promises'
import type { Invocation } from '../command.ts'
import { count } from '../output/format.ts'
import { stringOption } from '../parse-command-line.ts'
import { openSessions } from '../session-files.ts'
import { UsageError } from '../usage-error.ts'

/** A file where the word names one, else the journal of a session. */
function target(io: Invocation['io'], word: string | undefined): { path: string; dataDir: string } {
  const sessions = openSessions(io.env)
  if (word !== undefined && existsSync(word)) return { path: word, dataDir: sessions.dataDir }
  return { path: sessions.path(sessions.need(word ?? null, io.cwd()).id), dataDir: sessions.dataDir }
}

async function verify({ io, values, positionals }: Invocation): Promise<number> {
  const { path, dataDir } = target(io, positionals[1])
  const vkey = stringOption(values, 'key') ?? readVkey(dataDir)
  const result = await verifyLog(path, { vkey })
  if (values['json'] === true) io.stdout.write(`${JSON.stringify({ path, vkey, ...result })}\n`)
  else {
    for (const problem of result.problems)
      io.stdout.write(`✗ ${problem.seq === null ? '' : `event ${problem.seq}: `}${problem.message}\n`)
    const signed =
      result.unsigned === 0
        ? 'all signed'
        : `${result.signed} signed, ${result.unsigned} after the last checkpoint`
    io.stdout.write(
      `${result.ok ? '✓ the log is whole' : '✗ the log was changed or damaged'}: ${count(result.size, 'event')}, ${signed}\n`,
    )
    if (result.root !== null) io.stdout.write(`root ${result.root}\n`)
    if (vkey === null)
      io.stdout.write('no public key was given, so signatures were not checked; give one with --key\n')
  }
  return result.ok ? 0 : 1
}

async function exportLog({ io, values, positionals }: Invocation): Promise<number> {
  const sessions = openSessions(io.env)
  const session = sessions.need(positionals[1] ?? null, io.cwd())
  const out = stringOption(values, 'out')
  const store = sessions.open(session.id)
  try {
    const stream = out === null ? new PassThrough() : createWriteStream(out, { mode: 0o600 })
    if (stream instanceof PassThrough)
      stream.on('data', (chunk: Buffer) => io.stdout.write(chunk.toString('utf8')))
    await exportJsonl(store, stream)
    stream.end()
    await finished(stream)
  } finally {
    store.close()
  }
  if (out !== null) io.stderr.write(`exported ${session.id} to ${out}\n`)
  return 0
}

export async function run(invocation: Invocation): Promise<number> {
  const [verb] = invocation.positionals
  if (verb === 'verify') return verify(invocation)
  if (verb === 'export') return exportLog(invocation)
  throw new UsageError(
    `cairn log has no ${JSON.stringify(verb)}`,
    'It has verify and export. See `cairn log --help`.',
  )
}
