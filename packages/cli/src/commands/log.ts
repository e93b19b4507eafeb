import {
  exportJsonl,
  exportOcsf,
  findCheckpoints,
  readVkey,
  verifyEventProof,
  verifyLog,
} from '@cairn/journal'
import { createWriteStream, existsSync, readFileSync, statSync } from 'node:fs'
import { PassThrough } from 'node:stream'
import { finished } from 'node:stream/promises'
import type { Invocation } from '../command.ts'
import { count } from '../output/format.ts'
import { stringOption } from '../parse-command-line.ts'
import { openSessions } from '@cairn/server'
import { UsageError } from '../usage-error.ts'

/** A file where the word names one, else the journal of a session. */
function target(io: Invocation['io'], word: string | undefined): { path: string; dataDir: string } {
  const sessions = openSessions(io.env)
  if (word !== undefined && existsSync(word)) return { path: word, dataDir: sessions.dataDir }
  return { path: sessions.path(sessions.need(word ?? null, io.cwd()).id), dataDir: sessions.dataDir }
}

const PROOF_BYTES = 64 << 20

/** The proof of one event in a file; null where it is something else. */
function readProof(path: string): unknown {
  if (statSync(path).size > PROOF_BYTES) return null
  const text = readFileSync(path, 'latin1')
  if (!/^\s*\{\s*"format":\s*"cairn-event-proof"/u.test(text.slice(0, 200))) return null
  try {
    return JSON.parse(readFileSync(path, 'utf8'))
  } catch {
    return { format: 'broken' }
  }
}

function verifyProof(io: Invocation['io'], proof: unknown, vkey: string | null): number {
  if (vkey === null) throw new UsageError('a proof needs the public key', 'Give it with --key.')
  const verdict = verifyEventProof(proof, vkey)
  io.stdout.write(
    verdict.ok
      ? `✓ the event stands in the log that was signed at ${count(verdict.size, 'event')}\nroot ${verdict.root}\n`
      : `✗ not proven: ${verdict.reason}\n`,
  )
  return verdict.ok ? 0 : 1
}

async function verify({ io, values, positionals }: Invocation): Promise<number> {
  const { path, dataDir } = target(io, positionals[1])
  const vkey = stringOption(values, 'key') ?? readVkey(dataDir)
  const proof = readProof(path)
  if (proof !== null) return verifyProof(io, proof, vkey)
  const anchor = stringOption(values, 'anchor')
  const anchors =
    anchor === null ? [] : findCheckpoints(existsSync(anchor) ? readFileSync(anchor, 'utf8') : anchor)
  if (anchor !== null && anchors.length === 0)
    throw new UsageError(
      'there is no checkpoint in what --anchor names',
      'Give a file with checkpoints, or the line of a commit.',
    )
  const result = await verifyLog(path, { vkey, anchors })
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
  const format = stringOption(values, 'format') ?? 'jsonl'
  if (format !== 'jsonl' && format !== 'ocsf')
    throw new UsageError(`there is no format ${JSON.stringify(format)}`, 'It is jsonl or ocsf.')
  const store = sessions.open(session.id)
  try {
    const stream = out === null ? new PassThrough() : createWriteStream(out, { mode: 0o600 })
    if (stream instanceof PassThrough)
      stream.on('data', (chunk: Buffer) => io.stdout.write(chunk.toString('utf8')))
    if (format === 'ocsf') await exportOcsf(store, stream)
    else await exportJsonl(store, stream)
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
  if (verb === 'prove') return (await import('./log-prove.ts')).run(invocation)
  if (verb === 'anchor') return (await import('./log-anchor.ts')).run(invocation)
  if (verb === 'erase') return (await import('./log-erase.ts')).run(invocation)
  throw new UsageError(
    `cairn log has no ${JSON.stringify(verb)}`,
    'It has verify, prove, anchor, export and erase. See `cairn log --help`.',
  )
}
